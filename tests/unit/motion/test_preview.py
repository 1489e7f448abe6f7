# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding
from evenlight.frames import Array, ArrayFrame
from evenlight.motion.preview import Preview, Region, is_held, measure, normalise, preview_shape


def preview(
    pixels: Array,
    region: Region | None = None,
    *,
    encoding: Encoding = Encoding.SRGB,
    premultiplied: bool = False,
    by_maximum: bool = False,
) -> Preview:
    frame = ArrayFrame(pixels, premultiplied=premultiplied)
    return measure(frame, region or Region(), encoding, by_maximum=by_maximum)


def test_a_proxy_has_3600_cells_in_the_shape_of_the_frame() -> None:
    assert preview_shape(1080, 1920) == (45, 80)
    assert preview_shape(1000, 1000) == (60, 60)
    assert preview_shape(3, 4) == (3, 4)


def test_only_the_region_counts() -> None:
    pixels = np.full((360, 640, 3), 0.9, np.float32)
    pixels[90:270, :320] = 0.25  # the left half, between a quarter and three quarters down
    inside = preview(pixels, Region(left=0.0, top=0.25, right=0.5, bottom=0.75))
    np.testing.assert_allclose(inside.colour, 0.25, atol=1e-6)
    assert preview(pixels).colour.max() > 0.8


def test_edges_given_the_wrong_way_round_mean_the_same_region() -> None:
    assert Region(0.8, 0.6, 0.2, 0.1).crop(100, 200) == (slice(10, 60), slice(40, 160))


def test_an_empty_region_is_one_pixel() -> None:
    assert Region(1.0, 1.0, 1.0, 1.0).crop(10, 20) == (slice(9, 10), slice(19, 20))


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (2, 3), (45, 80)])
def test_tiny_frames_have_a_proxy(size: tuple[int, int]) -> None:
    got = preview(np.full((*size, 4), 0.5, np.float32))
    assert got.colour.shape[0] >= 1
    np.testing.assert_allclose(got.colour, 0.5, rtol=1e-6)
    np.testing.assert_allclose(got.structure, 0.0, atol=1e-2)


def test_premultiplied_colour_is_divided_by_alpha() -> None:
    pixels = np.full((90, 160, 4), 0.2, np.float32)
    pixels[..., 3] = 0.5
    np.testing.assert_allclose(preview(pixels, premultiplied=True).colour, 0.4, rtol=1e-5)
    np.testing.assert_allclose(preview(pixels).colour, 0.2, rtol=1e-5)


def test_what_is_no_number_is_kept_out() -> None:
    pixels = np.full((90, 160, 3), 0.4, np.float32)
    pixels[::7, ::5] = np.nan
    pixels[3::11, ::9] = np.inf
    got = preview(pixels)
    np.testing.assert_allclose(got.colour, 0.4, rtol=1e-5)
    assert np.isfinite(got.structure).all()


def test_negatives_are_measured_as_black() -> None:
    assert (preview(np.full((45, 80, 3), -0.5, np.float32)).colour == 0).all()


def test_linear_light_is_measured_as_it_is_shown() -> None:
    got = preview(np.full((45, 80, 3), 0.21404, np.float32), encoding=Encoding.LINEAR)
    np.testing.assert_allclose(got.colour, 0.5, atol=1e-4)


def test_by_maximum_the_brightest_channel_stands_for_all() -> None:
    pixels = np.tile(np.array([0.1, 0.6, 0.3], np.float32), (45, 80, 1))
    np.testing.assert_allclose(preview(pixels, by_maximum=True).colour, 0.6, rtol=1e-6)


def test_structure_does_not_see_a_change_of_exposure(rng: np.random.Generator) -> None:
    colour = np.repeat(rng.uniform(0.2, 0.8, (45, 80, 1)).astype(np.float32), 3, axis=2)
    darker = normalise(colour * np.float32(0.7))
    assert np.abs(darker - normalise(colour)).max() < 0.05  # against a deviation of 1


def test_equal_pictures_have_equal_digests(rng: np.random.Generator) -> None:
    pixels = rng.random((90, 160, 3), np.float32)
    assert preview(pixels).digest == preview(pixels.copy()).digest
    assert preview(pixels).digest != preview(pixels * np.float32(1.001)).digest


def test_a_frame_shown_twice_is_known_in_spite_of_its_coding(rng: np.random.Generator) -> None:
    picture = rng.uniform(0.2, 0.8, (360, 640, 3)).astype(np.float32)
    coded = np.round(picture * 255 + rng.normal(0, 0.3, picture.shape)).astype(np.float32) / 255
    assert is_held(preview(picture), preview(coded))
    assert not is_held(preview(picture), preview(picture * np.float32(1.003)))
