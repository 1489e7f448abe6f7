# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.levels import LEVELS
from evenlight.flicker.local import Field
from evenlight.flicker.network_inputs import ALONE, CANDIDATES, TOGETHER, network_inputs
from evenlight.frames import Array
from evenlight.motion.fields import Bands, Basis
from evenlight.motion.links import link
from evenlight.motion.preview import Preview, preview_of
from evenlight.motion.window import Window, gather

FLAT = np.ones((3, len(LEVELS)))
BASIS = Basis(6, Bands.ROWS)


def window(lights: Array, still: Array, at: int) -> Window:
    """A still scene (h, w, 3) under one gain a frame."""
    previews = [preview_of((still * light).astype(np.float32)) for light in lights]

    def look(offset: int) -> Preview | None:
        return previews[at + offset] if 0 <= at + offset < len(previews) else None

    found = gather(look, link, lambda _: False, 30, 30, find_cuts=False)
    assert found is not None
    return found


@pytest.fixture
def still(rng: np.random.Generator) -> Array:
    return 0.15 + 0.4 * rng.random((45, 80, 1), np.float32).repeat(3, axis=2)


def test_each_neighbour_says_how_much_brighter_it_is(
    rng: np.random.Generator, still: Array
) -> None:
    lights = rng.uniform(0.8, 1.2, 25)
    seen = network_inputs(window(lights, still, 12), (), FLAT, solver_ran=False, field=None)
    logs = np.log(lights)
    for place, offset in enumerate(ALONE):
        assert np.median(seen.log_gain[place]) == pytest.approx(
            logs[12 + offset] - logs[12], abs=0.01
        )
    low, high = TOGETHER[0]
    far = [logs[12 + sign * n] - logs[12] for n in range(low, high + 1) for sign in (-1, 1)]
    assert np.median(seen.log_gain[len(ALONE)]) == pytest.approx(np.mean(far), abs=0.01)
    assert not seen.confidence[-1].any()
    assert seen.confidence.min() >= 0
    assert seen.confidence.max() <= 1


def test_who_is_not_there_says_nothing(still: Array) -> None:
    seen = network_inputs(window(np.ones(1), still, 0), (), FLAT, solver_ran=False, field=None)
    assert not seen.log_gain.any()
    assert not seen.confidence.any()
    assert np.isfinite(seen.context).all()


def test_the_exact_solver_has_its_say(still: Array) -> None:
    coefficients = np.linspace(-0.1, 0.1, len(BASIS.frequencies))
    field = Field(BASIS, coefficients)
    both = window(np.array([1.0, 1.1]), still, 0)
    said = network_inputs(both, (), FLAT, solver_ran=True, field=field)
    assert said.log_gain[-1] == pytest.approx(BASIS.picture(coefficients, (45, 80)), abs=1e-6)
    nothing = network_inputs(both, (), FLAT, solver_ran=True, field=None)
    assert (nothing.confidence[-1] == 1).all()
    assert not nothing.log_gain[-1].any()


def test_drift_is_not_restless(rng: np.random.Generator, still: Array) -> None:
    drifting = np.exp(np.linspace(-0.3, 0.3, 25))
    jumping = rng.permutation(drifting)
    jumps = [
        np.median(
            network_inputs(
                window(lights, still, 12), (), FLAT, solver_ran=False, field=None
            ).context[2]
        )
        for lights in (drifting, jumping)
    ]
    assert jumps[1] > 4 * jumps[0]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_black_and_clipped_frames_are_no_trouble(level: float) -> None:
    flat = np.full((45, 80, 3), level, np.float32)
    seen = network_inputs(window(np.ones(9), flat, 4), (), FLAT, solver_ran=True, field=None)
    for part in (seen.log_gain, seen.confidence, seen.context, seen.evened):
        assert np.isfinite(part).all()
    assert seen.log_gain.shape == (CANDIDATES, 45, 80)
