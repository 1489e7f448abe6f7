# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.errors import FrameError
from evenlight.frames import Array
from evenlight.kernels.pixels import (
    KNOTS,
    Curves,
    apply_curves,
    average_cells,
    copy_window,
    mask_weights,
)


def constant(*gains: float) -> Curves:
    return Curves(np.repeat(np.array(gains)[:, None], len(KNOTS), axis=1))


def applied(pixels: Array, curves: Curves, **options: object) -> Array:
    out = np.zeros_like(pixels)
    apply_curves(pixels, curves, out, **options)  # type: ignore[arg-type]
    return out


def pixel(*values: float, depth: type = np.float32) -> Array:
    return np.array(values, depth)[None, None]


def test_every_channel_has_its_gain_and_alpha_none() -> None:
    got = applied(pixel(0.5, 2.0, -0.25, 0.75), constant(2.0, 0.5, 4.0))
    np.testing.assert_array_equal(got, pixel(1.0, 1.0, -1.0, 0.75))


def test_integers_round_to_nearest_and_stay_in_range() -> None:
    got = applied(pixel(100, 101, 255, depth=np.uint8), constant(0.505, 0.5, 1.5))
    np.testing.assert_array_equal(got, pixel(51, 51, 255, depth=np.uint8))  # 50.5, 50.5
    got = applied(pixel(1000, depth=np.uint16), constant(1.0006))
    np.testing.assert_array_equal(got, pixel(1001, depth=np.uint16))  # 1000.6


def test_the_gain_is_linear_between_two_knots_and_constant_outside() -> None:
    gains = np.interp(KNOTS, [0.5, 0.5 + 1 / 32], [1.0, 2.0])
    got = applied(pixel(0.5 + 1 / 64), Curves(gains[None]))
    np.testing.assert_allclose(got, (0.5 + 1 / 64) * 1.5, rtol=1e-6)
    ends = np.linspace(3.0, 2.0, len(KNOTS))
    np.testing.assert_allclose(
        applied(pixel(-1.0, 2.0**-20, 2.0**9), Curves(ends[None])),
        pixel(-3.0, 3 * 2.0**-20, 2.0**10),
        rtol=1e-6,
    )


def test_premultiplied_colour_is_judged_without_alpha() -> None:
    gains = np.where(KNOTS < 0.45, 1.0, 3.0)  # what is dark stays
    half = pixel(0.25, 0.05, 0.3, 0.5)  # straight: 0.5, 0.1, 0.6
    got = applied(half, Curves(gains[None]), premultiplied=True)
    np.testing.assert_allclose(got, pixel(0.75, 0.05, 0.9, 0.5), rtol=1e-6)
    bare = pixel(0.25, 0.5, 0.75, 0.0)
    np.testing.assert_array_equal(applied(bare, constant(2.0), premultiplied=True), bare)


def test_one_curve_read_at_the_maximum_keeps_the_hue() -> None:
    gains = np.where(KNOTS < 0.45, 1.0, 2.0)
    got = applied(pixel(0.1, 0.2, 0.5), Curves(gains[None], by_maximum=True))
    np.testing.assert_allclose(got, pixel(0.2, 0.4, 1.0), rtol=1e-6)


def test_a_mask_blends_and_black_passes_every_bit() -> None:
    pixels = np.full((1, 3, 3), -0.0, np.float32)
    pixels[0, 1:] = 0.3
    mask = np.array([[0.0, 0.5, 1.0]], np.float32)
    got = applied(pixels, constant(2.0), mask=mask)
    assert np.signbit(got[0, 0]).all()
    np.testing.assert_allclose(got[0, 1:, 0], [0.45, 0.6], rtol=1e-6)
    turned = applied(pixels, constant(2.0), mask=mask, invert_mask=True)
    np.testing.assert_allclose(turned[0, 1:, 0], [0.45, 0.3], rtol=1e-6)


def test_a_mask_is_its_alpha_or_else_its_colour() -> None:
    np.testing.assert_array_equal(mask_weights(pixel(9, 9, 9, 255, depth=np.uint8), (1, 1)), 1)
    np.testing.assert_allclose(mask_weights(pixel(0.1, 0.2, 0.6), (1, 1)), 0.3, rtol=1e-6)
    np.testing.assert_array_equal(mask_weights(np.ones((1, 1), np.float32), (1, 1)), 1)
    with pytest.raises(FrameError, match=r"mask is 2x1; .* 1x1"):
        mask_weights(np.ones((1, 2, 1), np.float32), (1, 1))


def test_nan_and_infinity_pass_and_halves_stay_finite() -> None:
    bad = pixel(np.nan, np.inf, -np.inf)
    np.testing.assert_array_equal(applied(bad, constant(0.5)), bad)
    huge = pixel(60000, depth=np.float16)
    np.testing.assert_array_equal(applied(huge, constant(2.0)), pixel(65504, depth=np.float16))


def test_gains_of_one_pass_every_bit() -> None:
    bits = np.arange(1 << 12, dtype=np.uint32) * 0x100193
    pixels = bits.view(np.float32).reshape(16, -1, 4)
    got = applied(pixels, constant(1.0))
    np.testing.assert_array_equal(got.view(np.uint32), pixels.view(np.uint32))


def test_a_window_must_lie_inside_the_frame() -> None:
    frame = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    out = np.zeros((2, 2, 1), np.float32)
    copy_window(frame, (1, 2), out)
    np.testing.assert_array_equal(out[..., 0], [[6, 7], [10, 11]])
    with pytest.raises(FrameError, match="window 2x2 at row 2, column 0 reaches outside"):
        copy_window(frame, (2, 0), out)


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((2, 2), np.float32), "1, 3 or 4 channels"),
        (np.zeros((2, 2, 2), np.float32), "1, 3 or 4 channels"),
        (np.zeros((2, 2, 3), np.float64), "depth is float64"),
    ],
)
def test_what_is_no_frame_is_named(pixels: Array, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        average_cells(pixels, (1, 1), False)


def test_cells_are_means_of_what_can_be_averaged() -> None:
    row = np.array([[[1.0], [3.0], [np.nan], [5.0], [np.inf], [np.nan]]], np.float32)
    np.testing.assert_array_equal(average_cells(row, (1, 3), False)[0, :, 0], [2.0, 5.0, 0.0])
    bytes_ = np.array([[[0, 51, 255]]], np.uint8)
    np.testing.assert_allclose(average_cells(bytes_, (1, 1), False)[0, 0], [0, 0.2, 1], rtol=1e-6)
    clear = np.array([[[0.2, 0.1, 0.3, 0.5], [7, 7, 7, 0]]], np.float32)
    got = average_cells(clear, (1, 1), True)[0, 0]
    np.testing.assert_allclose(got, [0.4, 0.2, 0.6], rtol=1e-6)
    firefly = np.full((1, 1, 3), 1e30, np.float32)
    np.testing.assert_array_equal(average_cells(firefly, (1, 1), False), 65504)


def test_a_frame_smaller_than_the_grid_fills_it() -> None:
    frame = np.array([[[1.0], [2.0]]], np.float32)
    got = average_cells(frame, (2, 4), False)
    np.testing.assert_array_equal(got[..., 0], [[1, 1, 2, 2]] * 2)
