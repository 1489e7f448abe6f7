# SPDX-License-Identifier: Apache-2.0
"""The compiled pixel loops give the bytes of their NumPy form."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference import kernels as reference

from evenlight import _native
from evenlight.colour import tone
from evenlight.colour.tone import Curves
from evenlight.frames import Array
from evenlight.kernels import pixels as kernels

DEPTHS = [np.uint8, np.uint16, np.float16, np.float32]
SHAPES = [(1, 1, 1), (1, 1, 4), (7, 5, 3), (33, 257, 4), (19, 771, 1), (3, 1030, 3)]
SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, -3.5, 1e-7, 6e-5, 300.0, 1e38, 2.0**-14, 2.0**8]


def picture(rng: np.random.Generator, shape: tuple[int, ...], depth: type) -> Array:
    if np.issubdtype(depth, np.integer):
        return rng.integers(0, np.iinfo(depth).max, shape, depth, endpoint=True)
    values = np.exp2(rng.uniform(-16, 9, shape)) * rng.choice([-1, 1, 1, 1], shape)
    values.ravel()[: 3 * len(SPECIAL)] = np.resize(SPECIAL, values.size)[: 3 * len(SPECIAL)]
    with np.errstate(over="ignore"):
        return values.astype(depth)


def tables(rng: np.random.Generator, channels: int) -> tuple[Array, Array]:
    gains = np.cumprod(rng.uniform(0.97, 1.03, (3, len(kernels.KNOTS))), axis=1)
    return kernels._pieces(gains.astype(np.float32), channels)


def gain_map(
    rng: np.random.Generator, shape: tuple[int, ...], laid: str
) -> tuple[Array | None, int, Array | None]:
    first = int(rng.integers(0, 9))
    nodes = rng.uniform(0.8, 1.25, (shape[0], (first + shape[1]) // 4 + 2)).astype(np.float32)
    sensitivity = rng.uniform(-0.1, 0.1, (2, _native.PIECES)).astype(np.float32)
    choices = {
        "no gain_map": (None, 0, None),
        "factors": (nodes, first, None),
        "exposure": (nodes, first, sensitivity),
    }
    return choices[laid]


def assert_same_bytes(got: Array, want: Array) -> None:
    bits = {1: np.uint8, 2: np.uint16, 4: np.uint32}[got.itemsize]
    np.testing.assert_array_equal(
        np.ascontiguousarray(got).view(bits), np.ascontiguousarray(want).view(bits)
    )


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("by_maximum", [False, True])
@pytest.mark.parametrize("premultiplied", [False, True])
@pytest.mark.parametrize("masked", ["no mask", "mask", "inverted mask"])
@pytest.mark.parametrize("laid", ["no gain_map", "factors", "exposure"])
def test_curves_give_the_bytes_of_numpy(
    rng: np.random.Generator,
    depth: type,
    shape: tuple[int, int, int],
    by_maximum: bool,
    premultiplied: bool,
    masked: str,
    laid: str,
) -> None:
    pixels = picture(rng, shape, depth)
    mask = None
    if masked != "no mask":
        mask = rng.choice([0.0, 1.0, 0.3, 0.7, 2.0, -1.0, np.nan], shape[:2]).astype(np.float32)
    slopes, offsets = tables(rng, shape[2])
    got, want = np.zeros_like(pixels), np.zeros_like(pixels)
    tail = (premultiplied, mask, masked == "inverted mask", *gain_map(rng, shape, laid))
    _native.apply_curves(pixels, slopes, offsets, by_maximum, got, *tail)
    reference.apply_curves(pixels, slopes, offsets, by_maximum, want, *tail)
    assert_same_bytes(got, want)


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_half_and_every_integer_survives_gains_of_one(depth: type) -> None:
    codes = np.arange(256 if depth is np.uint8 else 65536)
    codes = codes.astype(np.uint8 if depth is np.uint8 else np.uint16)
    pixels = (codes if np.issubdtype(depth, np.integer) else codes.view(np.float16)).astype(depth)
    pixels = pixels.reshape(16, -1, 1)
    out = np.zeros_like(pixels)
    slopes, offsets = kernels._pieces(np.ones((1, len(kernels.KNOTS)), np.float32), 1)
    _native.apply_curves(pixels, slopes, offsets, False, out, False, None, False)
    assert_same_bytes(out, pixels)


def test_halves_round_as_numpy_rounds(rng: np.random.Generator) -> None:
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).reshape(64, -1, 1)
    slopes, offsets = tables(rng, 1)
    for gain in (np.float32(1 / 3), np.float32(0.99951), np.float32(7)):
        got, want = np.zeros_like(halves), np.zeros_like(halves)
        tail = (False, got, False, None, False)
        _native.apply_curves(halves, slopes * gain, offsets * gain, *tail)
        reference.apply_curves(
            halves, slopes * gain, offsets * gain, False, want, False, None, False
        )
        assert_same_bytes(got, want)


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 40])
def test_bytes_do_not_depend_on_threads(rng: np.random.Generator, threads: int) -> None:
    pixels = picture(rng, (37, 91, 4), np.float32)
    some = Curves(np.full((3, len(kernels.KNOTS)), 1.3, np.float32))
    before, want, got = _native.threads(), np.zeros_like(pixels), np.zeros_like(pixels)
    try:
        kernels.set_threads(1)
        kernels.apply_curves(pixels, some, want)
        cells = kernels.average_cells(pixels, (9, 16), False)
        kernels.set_threads(threads)
        kernels.apply_curves(pixels, some, got)
        np.testing.assert_array_equal(kernels.average_cells(pixels, (9, 16), False), cells)
    finally:
        kernels.set_threads(before)
    assert_same_bytes(got, want)


LAYOUTS = {
    "rows stored downwards": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "padded rows": lambda a: np.pad(a, ((0, 0), (0, 3), (0, 0)))[:, : a.shape[1]],
    "planar": lambda a: np.ascontiguousarray(a.transpose(2, 0, 1)).transpose(1, 2, 0),
    "mirrored": lambda a: np.ascontiguousarray(a[:, ::-1])[:, ::-1],
}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_bytes_do_not_depend_on_layout(rng: np.random.Generator, depth: type, layout) -> None:  # type: ignore[no-untyped-def]
    pixels = picture(rng, (23, 40, 4), depth)
    mask = rng.random((23, 40, 1), np.float32)
    some = Curves(rng.uniform(0.8, 1.2, (3, len(kernels.KNOTS))).astype(np.float32))
    want = np.zeros_like(pixels)
    kernels.apply_curves(pixels, some, want, mask=mask)
    got = layout(np.zeros_like(pixels))
    kernels.apply_curves(layout(pixels), some, got, mask=layout(mask))
    assert_same_bytes(got, want)
    window = np.zeros((11, 17, 4), depth)
    kernels.apply_curves(layout(pixels), some, window, origin=(5, 9), mask=layout(mask))
    assert_same_bytes(window, want[5:16, 9:26])


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("premultiplied", [False, True])
@pytest.mark.parametrize("shape", [(1, 1, 4), (45, 80, 3), (46, 97, 4), (61, 333, 1)], ids=str)
def test_cells_are_numpys(
    rng: np.random.Generator, depth: type, premultiplied: bool, shape: tuple[int, int, int]
) -> None:
    pixels = picture(rng, shape, depth)
    height, width = min(shape[0], 45), min(shape[1], 80)
    got = _native.average_cells(pixels, height, width, premultiplied)
    want = reference.average_cells(pixels, height, width, premultiplied)
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-9)


def test_knots_are_those_of_the_curves() -> None:
    assert tone.KNOTS is kernels.KNOTS
    assert len(kernels.KNOTS) + 1 == _native.PIECES
