# SPDX-License-Identifier: Apache-2.0
"""How the light of a neighbour differs over the frame: low-frequency fields, fitted robustly.

Fulari, Mulleti and Rajwade (WACV 2024): between neighbouring frames intensity changes by a factor
that is smooth in space, a combination of few low-frequency 2-D DCT terms, but for sparse outliers
(blotches, occlusions). Least squares is followed by Huber's estimator, which is the convex l1
problem with the outliers minimised out, and that by Tukey's, which has not its bias.

The field is one of log gain: what depends on level (gamma, an offset) is in the tone curve that
goes before it. Terms are orthonormal, so that the sum of squares is the mean square of the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .. import _native
from ..colour.levels import LEVELS
from ..frames import Array
from ..kernels import elementwise, linear
from .preview import MATCH, Preview

#: Structure, colour, the flow from the frame one nearer to the centre, and gains that even its
#: light by cells of the centre, or None: a neighbour as the compiled loops take it.
Step = tuple[Array, Array, Array, Array | None]

#: Display value that keeps the logarithm of a cell's light quiet; cells are means, and need less
#: than pixels.
QUIET_CELL = 1.5 / 255
#: Terms along the axis of rolling bands: bands up to half as many periods in the frame.
BAND_TERMS = 24
#: Deviation of a field over that of what it leaves, between neighbouring frames: below the first
#: it is chance, above the second it is believed.
SURELY = (1.2, 1.5)
#: Frequency (sum over both axes) up to which a term counts as one of the lowest.
_LOW = 3


class Bands(StrEnum):
    """Which way rolling bands lie, if any are looked for."""

    ROWS = "rows"
    COLUMNS = "columns"
    OFF = "off"


class Solver(StrEnum):
    """Solver that fits the fields."""

    EXACT = "exact"
    UNROLLED = "unrolled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Basis:
    """The terms of a field: `order` x `order` of the lowest, and more along one axis for bands."""

    order: int
    bands: Bands

    @property
    def frequencies(self) -> Array:
        """Row and column frequency, in half periods a frame, of each term (terms, 2)."""
        square = [(row, column) for row in range(self.order) for column in range(self.order)]
        more = range(self.order, BAND_TERMS if self.bands is not Bands.OFF else 0)
        lines = [(0, f) if self.bands is Bands.COLUMNS else (f, 0) for f in more]
        return np.array([*square, *lines])

    @property
    def families(self) -> Array:
        """Terms that flicker alike (terms,): 0 the mean, 1 low, 2 high, 3 rows, 4 columns."""
        row, column = self.frequencies.T
        families = np.where(row + column <= _LOW, 1, 2)
        if self.bands is Bands.ROWS:
            families[column == 0] = 3
        elif self.bands is Bands.COLUMNS:
            families[row == 0] = 4
        families[(row == 0) & (column == 0)] = 0
        return families

    def picture(self, coefficients: Array, shape: tuple[int, int]) -> Array:
        """The field over a frame of (height, width) pixels, natural logarithm of a gain."""
        return _added(self, coefficients, *_waves(self, shape))

    def over(self, coefficients: Array, down: Array, along: Array) -> Array:
        """The field at places (n,) down and (m,) along the frame, both as shares of it: (n, m)."""
        rows, columns = _counts(self)
        return _added(self, coefficients, _cosines(rows, down), _cosines(columns, along))

    def cosines(self, shape: tuple[int, int]) -> tuple[Array, Array]:
        """Each term's cosine down the frame (terms, h), and all those along it (n, w)."""
        down, along = ((np.arange(size) + 0.5) / size for size in shape)
        row, column = self.frequencies.T
        return _cosines(row, down), _cosines(np.arange(column.max() + 1), along)


def _cosines(frequencies: Array, places: Array) -> Array:
    values: Array = elementwise.cos_pi(frequencies[:, None] * places)
    values[frequencies > 0] *= np.sqrt(2)
    return values


def _counts(basis: Basis) -> tuple[Array, Array]:
    """All frequencies down the frame, and along it."""
    row, column = basis.frequencies.max(axis=0)
    return np.arange(row + 1), np.arange(column + 1)


def _waves(basis: Basis, shape: tuple[int, int]) -> tuple[Array, Array]:
    """The cosines over a whole picture."""
    down, along = ((np.arange(size) + 0.5) / size for size in shape)
    rows, columns = _counts(basis)
    return _cosines(rows, down), _cosines(columns, along)


def _added(basis: Basis, coefficients: Array, down: Array, along: Array) -> Array:
    """The field from its coefficients and the cosines of all frequencies, added in one order."""
    row, column = basis.frequencies.T
    both = np.zeros((len(along), len(down)))
    both[column, row] = coefficients
    lines = linear.product(both, down)
    field = np.zeros((down.shape[1], along.shape[1]))
    for line, wave in zip(lines, along, strict=True):
        field += line[:, None] * wave
    return field


def trust(found: float, left: float, explains: tuple[float, float]) -> float:
    """0 where a field explains less than it leaves, as where motion is lost, to 1."""
    low, high = explains
    return float(np.clip((found / max(left, 1e-6) - low) / (high - low), 0, 1))


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fields of n neighbours."""

    coefficients: Array  # (n, terms)
    shares: Array  # (n,) of the frame that spoke; 0 where too little did for anything to be fitted
    deviations: Array  # (n,) of what the field leaves, natural logarithm, robust


def fit_fields(
    centre: Preview, side: Sequence[Step], gains: Sequence[Array | None], basis: Basis
) -> Fitted:
    """Fields from the centre to each neighbour of one side, nearest first.

    `gains` (3, levels) are the tone curves that go before, if any.
    """
    fitted = _native.fit_fields(
        centre.structure,
        centre.colour,
        side,
        _stacked(gains),
        order=basis.order,
        bands=0 if basis.bands is Bands.OFF else BAND_TERMS,
        columns=basis.bands is Bands.COLUMNS,
        match=float(MATCH),
        **_RELATED,
    )
    return Fitted(*fitted)


def relate(
    centre: Preview,
    side: Sequence[Step],
    gains: Sequence[Array | None],
    match: float = float(MATCH),
) -> tuple[Array, Array]:
    """Log ratios of each neighbour to the centre (n, cells), and the weight of each cell.

    A cell whose structure differs by `match` or more hardly does.
    """
    return _native.relate(
        centre.structure, centre.colour, side, _stacked(gains), match=match, **_RELATED
    )


_RELATED = {
    "epsilon": QUIET_CELL,
    "first_level": float(elementwise.log2(LEVELS[0])),
    "level_step": float(elementwise.log2(LEVELS[1] / LEVELS[0])),
}


def _stacked(gains: Sequence[Array | None]) -> Array:
    plain = np.ones((3, len(LEVELS)))
    curves = [plain if own is None else own for own in gains]
    return np.stack(curves) if curves else np.ones((0, 3, len(LEVELS)))
