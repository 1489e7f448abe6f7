# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.reference import matching as reference

from evenlight.flicker import matching
from evenlight.frames import Array
from evenlight.motion import links
from evenlight.motion.preview import Preview, normalise
from evenlight.motion.window import Neighbour, Window


def preview(colour: Array) -> Preview:
    return Preview(colour, normalise(colour), b"")


def picture(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    coarse = rng.random((shape[0] // 3 + 1, shape[1] // 3 + 1, 3), np.float32)
    return np.repeat(np.repeat(coarse, 3, 0), 3, 1)[: shape[0], : shape[1]].copy()


@pytest.mark.parametrize("shape", [(45, 80), (80, 45), (17, 23), (1, 1), (3, 40)])
def test_the_compiled_loop_says_what_numpy_says(
    rng: np.random.Generator, shape: tuple[int, int]
) -> None:
    scene = picture(rng, shape)
    frames = [preview((scene * gain).astype(np.float32)) for gain in (0.9, 1.0, 1.2, 0.7, 3.0)]
    bonds = [links.link(a, b) for a, b in itertools.pairwise(frames)]
    window = Window(
        frames[2],
        (Neighbour(-1, frames[1], bonds[1]), Neighbour(-2, frames[0], bonds[0])),
        (Neighbour(1, frames[3], bonds[2]), Neighbour(2, frames[4], bonds[3])),
    )
    lights = {2: np.linspace(0.8, 1.2, shape[0] * shape[1], dtype=np.float32).reshape(shape)}
    pairs = {pair.offset: pair for pair in matching.compare(window, lights)}
    for side in (window.before, window.after):
        steps = matching.steps_of(window.centre, side, lights)
        for neighbour, said in zip(side, reference.follow(frames[2], steps), strict=True):
            confidence, gains, change = said
            if confidence < matching.LEAST_MATCHED:
                assert neighbour.offset not in pairs
                continue
            pair = pairs[neighbour.offset]
            assert pair.confidence == confidence
            np.testing.assert_allclose(pair.gains, gains, rtol=1e-9)
            assert pair.change == pytest.approx(change, rel=1e-9, abs=1e-12)


def test_a_gain_is_read_off_the_matched_cells(rng: np.random.Generator) -> None:
    scene = picture(rng, (45, 80)) * 0.5 + 0.1
    first, second = preview(scene), preview((scene * 1.5).astype(np.float32))
    window = Window(first, (), (Neighbour(1, second, links.link(first, second)),))
    (pair,) = matching.compare(window)
    assert pair.confidence > 0.9
    assert pair.change == pytest.approx(np.log2(1.5), abs=0.01)
    np.testing.assert_allclose(pair.gains, 1.5, rtol=0.02)
