# SPDX-License-Identifier: Apache-2.0
"""Dark borders of scans and letterboxes, and pictures that are only dark."""

from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding
from evenlight.frames import Array, ArrayFrame
from evenlight.motion.borders import continued, picture_cells
from evenlight.motion.links import link
from evenlight.motion.preview import Preview, Region, measure

DOWN, ALONG = np.mgrid[0:45, 0:80]


def picture(rng: np.random.Generator) -> Array:
    waves = 0.4 + 0.1 * np.sin(ALONG / 5) * np.cos(DOWN / 4)
    noisy = waves[..., None] + rng.normal(0, 0.01, (45, 80, 3))
    return noisy.astype(np.float32)


def test_a_letterbox_is_no_picture(rng: np.random.Generator) -> None:
    colour = picture(rng)
    colour[:6] = colour[-6:] = 0.01
    found = picture_cells(colour)
    assert found is not None
    assert not found[:6].any()
    assert not found[-6:].any()
    assert found[8:-8].all()


def test_dark_rounded_edges_of_film_are_no_picture(rng: np.random.Generator) -> None:
    colour = picture(rng)
    # A rounded rectangle: its corners reach farther in than its sides.
    apart = ((np.abs(ALONG - 39.5) / 37) ** 12 + (np.abs(DOWN - 22) / 20) ** 12) > 1
    colour[apart] = 0.03
    found = picture_cells(colour)
    assert found is not None
    assert not found[apart].any()
    assert found[6:-6, 8:-8].all()


@pytest.mark.parametrize(
    "kind", ["plain", "black", "night", "vignette", "dark floor", "a dark post"]
)
def test_what_is_only_dark_is_picture(rng: np.random.Generator, kind: str) -> None:
    colour = picture(rng)
    if kind == "black":
        colour[:] = 0
    elif kind == "night":
        colour *= 0.02
        colour[20:25, 30:40] = 0.8
    elif kind == "a vignette":
        away = np.hypot((ALONG - 39.5) / 40, (DOWN - 22) / 22)
        colour *= np.clip(1.1 - 0.75 * away**2, 0.0, 1)[..., None].astype(np.float32)
    elif kind == "a dark floor":
        colour[25:] = 0.02
    elif kind == "a dark post":
        colour[:20, :5] = 0.02
    assert picture_cells(colour) is None


def test_the_picture_is_continued_over_its_border(rng: np.random.Generator) -> None:
    colour = picture(rng)
    inside = np.zeros((45, 80), bool)
    inside[5:-4, 3:-6] = True
    filled = continued(np.where(inside[..., None], colour, 0), inside)
    np.testing.assert_array_equal(filled[inside], colour[inside])
    np.testing.assert_array_equal(filled[0, 10], colour[5, 10])
    np.testing.assert_array_equal(filled[20, 79], colour[20, 73])
    np.testing.assert_array_equal(filled[44, 0], colour[40, 3])


def test_light_is_measured_within_borders_that_do_not_flicker(rng: np.random.Generator) -> None:
    colour = np.repeat(np.repeat(picture(rng), 8, 0), 8, 1)

    def framed(gain: float) -> Preview:
        frame = colour * np.float32(gain)
        frame[:48] = frame[-48:] = 0.06
        frame[:, :64] = frame[:, -64:] = 0.06
        return measure(ArrayFrame(frame), Region(), Encoding.SRGB, by_maximum=False)

    seen = framed(1.0)
    assert seen.picture is not None
    assert not seen.picture[:6].any()
    change = link(seen, framed(0.7)).light
    np.testing.assert_allclose(change.stops, np.log2(0.7), atol=0.005)
