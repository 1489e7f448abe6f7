# SPDX-License-Identifier: Apache-2.0
"""What is found of a frame, held against what it was when `REVISION` was last raised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding
from evenlight.colour.levels import LEVELS
from evenlight.flicker import estimator
from evenlight.flicker.estimate import REVISION, FlickerEstimate
from evenlight.flicker.estimator import Estimator
from evenlight.flicker.local import Field
from evenlight.flicker.network_field import TCM, learned_field
from evenlight.flicker.network_inputs import NetworkInputs
from evenlight.flicker.settings import EstimateSettings, LearnedStages
from evenlight.frames import ArrayFrame
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.kernels.elementwise import LN_2
from evenlight.memo import Memo
from evenlight.motion.fields import Bands, Basis, Solver
from evenlight.motion.links import link
from evenlight.motion.preview import Region, measure
from evenlight.motion.window import Window, gather

SETTINGS = EstimateSettings(8, 1.0, 0.5, Basis(6, Bands.ROWS))
#: Of `light()`: levels lacking at a few brightnesses, and the first terms of the field.
LACKING = [-0.117966, -0.117966, -0.117966, -0.140297, -0.1454, -0.1454]
FIELD = [-0.014395, -0.000246, -0.00175, 8e-06, -0.000218, -0.005048]
#: The same by the light stage alone, and by both stages, whose window is narrower; the mean too.
LEARNED = {
    0.0: (
        [-0.117966, -0.117966, -0.117966, -0.140297, -0.1454, -0.1454],
        [0.0, -0.022279, 0.000383, -0.002734, 0.000353, -0.000885, -0.008201],
    ),
    1.0: (
        [-0.128762, -0.128762, -0.128762, -0.149639, -0.15485, -0.15485],
        [0.000268, -0.021168, 0.000517, -0.002673, 0.000321, -0.000926, -0.007827],
    ),
}


def window(whole: float = 0.2, over: float = 0.12, bands: float = 0.0) -> Window:
    """Smooth waves that drift a little, under light that flickers as a whole and over the frame.

    Bands, if any, are of one period, so that the frame's mean hardly changes.
    """
    down, along = np.mgrid[0:1:90j, 0:1:160j]
    previews = []
    for time in range(17):
        moved = along + 0.002 * time
        waves = [np.sin(k * moved + (9 - k) * down + k * k) for k in range(3, 40, 4)]
        picture = 0.4 + 0.05 * np.sum(waves, axis=0)
        slope = over * np.sin(2.1 * time) * (along - 0.5) + over * np.cos(3.7 * time) * (down - 0.5)
        slope += bands * np.sin(2 * np.pi * down + 2.4 * time)
        lit = picture * (1 + whole * np.sin(1.7 * time * time)) * np.exp(slope)
        frame = ArrayFrame(np.repeat(lit[..., None], 3, 2).astype(np.float32))
        previews.append(measure(frame, Region(), Encoding.SRGB, by_maximum=False))
    found = gather(lambda o: previews[8 + o], link, lambda _: False, 8, 8, find_cuts=True)
    assert found is not None
    return found


def estimated(seen: Window, settings: EstimateSettings) -> FlickerEstimate:
    return Estimator(settings, Networks(Sessions()), Memo()).estimate(seen)


@pytest.fixture(scope="module")
def light() -> FlickerEstimate:
    return estimated(window(), SETTINGS)


def test_the_same_frames_give_the_same_light_or_the_revision_is_raised(
    light: FlickerEstimate,
) -> None:
    assert light.relative_deficit is not None
    assert light.field is not None
    remedy = f"where this is meant, raise REVISION ({REVISION}) and put the new figures here"
    np.testing.assert_allclose(
        light.relative_deficit[0, 8:80:12], LACKING, atol=2e-5, err_msg=remedy
    )
    np.testing.assert_allclose(light.field.coefficients[1:7], FIELD, atol=2e-5, err_msg=remedy)


@pytest.mark.parametrize("steady", LEARNED)
def test_the_learned_light_is_the_same_too(steady: float) -> None:
    light = estimated(window(), replace(SETTINGS, learned=LearnedStages(temporal_stage=steady)))
    assert light.relative_deficit is not None
    assert light.field is not None
    relative_deficit, field = LEARNED[steady]
    remedy = f"where this is meant, raise REVISION ({REVISION}) and put the new figures here"
    np.testing.assert_allclose(
        light.relative_deficit[0, 8:80:12], relative_deficit, atol=2e-5, err_msg=remedy
    )
    np.testing.assert_allclose(light.field.coefficients[:7], field, atol=2e-5, err_msg=remedy)


def test_the_second_look_moves_the_whole_frame_no_farther_than_light_flickers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen, found = window(whole=0.02), learned_field

    def astray(inputs: NetworkInputs, basis: Basis, model: str, networks: Networks) -> Field:
        field = found(inputs, basis, model, networks)
        return field.plus(Field(basis, 0.5 * (basis.families == 0))) if model == TCM else field

    monkeypatch.setattr(estimator, "learned_field", astray)
    light = estimated(seen, replace(SETTINGS, learned=LearnedStages(temporal_stage=1.0)))
    assert light.light is not None
    assert light.temporal_stage is not None
    most = LN_2 * light.light.deviation
    assert 0 < light.temporal_stage.coefficients[0] <= most < 0.1


def test_without_a_solver_the_light_stage_has_a_field_of_its_own() -> None:
    alone = replace(SETTINGS, solver=Solver.NONE)
    assert estimated(window(), alone).field is None
    field = estimated(window(), replace(alone, learned=LearnedStages())).field
    assert field is not None
    assert field.deviation > 0.01


def test_a_sure_solver_has_half_of_the_field() -> None:
    seen = window(over=0.4)
    solved = estimated(seen, SETTINGS).field
    both = estimated(seen, replace(SETTINGS, learned=LearnedStages()))
    assert solved is not None
    assert both.field is not None
    assert both.light_stage is not None
    wanted = 0.5 * (solved.coefficients + both.light_stage.coefficients)
    np.testing.assert_allclose(both.field.coefficients, wanted, atol=0.1 * solved.deviation)
    alone = estimated(seen, replace(SETTINGS, solver=Solver.NONE, learned=LearnedStages()))
    assert alone.field is not None
    assert alone.light_stage is not None
    np.testing.assert_array_equal(alone.field.coefficients, alone.light_stage.coefficients)


def test_without_a_solver_the_light_stage_finds_bands() -> None:
    alone = replace(SETTINGS, solver=Solver.NONE)
    banded, steady = window(0, 0, bands=0.15), window(0, 0)
    assert estimated(banded, alone).field is None
    field = estimated(banded, replace(alone, learned=LearnedStages())).field
    assert field is not None
    assert field.deviation > 0.05
    assert estimated(steady, replace(alone, learned=LearnedStages())).is_nothing


def test_a_correction_is_the_part_of_the_light_that_is_asked_for(light: FlickerEstimate) -> None:
    part = light.correction(1.0, 1.0)
    assert part.field is not None
    assert light.field is not None
    assert part.field.coefficients.tobytes() == light.field.coefficients.tobytes()
    none = light.correction(0.0, 1.0)
    assert none.field is None
    assert (none.gains == np.ones((3, len(LEVELS)))).all()
    assert light.correction(1.0, 0.0).field is None
    half = light.correction(0.5, 0.5).field
    assert half is not None
    np.testing.assert_allclose(half.coefficients, part.field.coefficients / 4)
