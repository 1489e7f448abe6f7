# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable, Sequence

from .frames import Array

PIECES: int
NODE_DISTANCE: int
LUMA: tuple[float, float, float]
SUREST: float

#: Structure, colour, flow from the frame one nearer to the centre, light.
_Step = tuple[Array, Array, Array, Array | None]

def apply_curves(
    pixels: Array,
    slopes: Array,
    offsets: Array,
    by_maximum: bool,
    out: Array,
    premultiplied: bool,
    mask: Array | None,
    invert_mask: bool,
    nodes: Array | None = None,
    first_pixel: int = 0,
    sensitivity: Array | None = None,
) -> None: ...
def average_cells(pixels: Array, height: int, width: int, premultiplied: bool) -> Array: ...
def bridge(field: Array, holes: Array) -> Array: ...
def follow_sides(
    structure: Array,
    colour: Array,
    before: Sequence[_Step],
    after: Sequence[_Step],
    *,
    match: float,
    floor: float,
    epsilon: float,
    quantiles: int,
    least_matched: float,
    levels: list[float],
) -> tuple[tuple[Array, Array, Array], tuple[Array, Array, Array]]: ...
def relate(
    structure: Array,
    colour: Array,
    side: Sequence[_Step],
    gains: Array,
    *,
    match: float,
    epsilon: float,
    first_level: float,
    level_step: float,
) -> tuple[Array, Array]: ...
def explain_light(
    path: Array,
    noise: Array,
    centre: int,
    hypotheses: Array,
    *,
    surprise: float,
    flash: float,
    flashing: float,
    punishment: float,
    start: float,
    slope: float,
) -> tuple[Array, Array]: ...
def fit_fields(
    structure: Array,
    colour: Array,
    side: Sequence[_Step],
    gains: Array,
    *,
    order: int,
    bands: int,
    columns: bool,
    match: float,
    epsilon: float,
    first_level: float,
    level_step: float,
) -> tuple[Array, Array, Array]: ...
def apply(name: str, values: Array, parameter: float = 0.0, plain: bool = False) -> Array: ...
def product(left: Array, right: Array) -> Array: ...
def solve(matrix: Array, right: Array) -> Array: ...
def inverse(matrix: Array) -> tuple[Array, float]: ...
def set_threads(count: int) -> None: ...
def threads() -> int: ...
def begin_plain_code(is_on: Callable[[], bool], turn: Callable[[bool], None]) -> None: ...
def end_plain_code(turn: Callable[[bool], None]) -> None: ...
