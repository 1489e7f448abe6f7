# SPDX-License-Identifier: Apache-2.0
from .frames import Array

PIECES: int

def apply_curves(
    pixels: Array,
    slopes: Array,
    offsets: Array,
    by_maximum: bool,
    out: Array,
    premultiplied: bool,
    mask: Array | None,
    invert_mask: bool,
) -> None: ...
def average_cells(pixels: Array, height: int, width: int, premultiplied: bool) -> Array: ...
def follow_sides(
    structure: Array,
    colour: Array,
    before: list[tuple[Array, Array, Array]],
    after: list[tuple[Array, Array, Array]],
    *,
    match: float,
    floor: float,
    epsilon: float,
    quantiles: int,
    least_matched: float,
    levels: list[float],
) -> tuple[tuple[Array, Array, Array], tuple[Array, Array, Array]]: ...
def set_threads(count: int) -> None: ...
def threads() -> int: ...
