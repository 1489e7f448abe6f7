# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TypedDict

import numpy as np
import pytest
from tests.reference import light_path as reference

from evenlight import _native
from evenlight.frames import Array


class Settings(TypedDict):
    surprise: float
    flash: float
    flashing: float
    punishment: float
    start: float
    slope: float


SETTINGS: Settings = {
    "surprise": 25.0, "flash": 1.0, "flashing": 9.0, "punishment": -8.0,
    "start": 10.0, "slope": 0.0025,
}  # fmt: skip
HYPOTHESES = np.array(
    [
        [0, 0.0003, 0, 0, 0, 0, 0],
        [0.01, 0.03, 0, 0, 0, 0, 0],
        [0, 0.0015, 0.1, 0, 0.78, 0, 0],
        [0, 0.0003, 0.02, 0.06, 0.78, 0, 0],
        [0, 0.0003, 0.02, 0.06, 0.4, 0.7, 0],
        [0, 0.0003, 0.01, 0.2, 1, 0, 0.15],
    ]
)


def paths(rng: np.random.Generator, frames: int) -> dict[str, Array]:
    flicker = rng.normal(0, 0.08, (frames, 3))
    time = np.arange(frames)[:, None]
    return {
        "flicker": flicker,
        "a step and a burst": 0.01 * flicker + (time > frames // 2) - 2.0 * (time == frames // 4),
        "a fade": -0.05 * time + np.zeros(3),
    }


@pytest.mark.parametrize("kind", ["flicker", "a step and a burst", "a fade"])
@pytest.mark.parametrize("frames", [1, 2, 9, 81])
def test_the_compiled_filter_says_what_numpy_says(
    rng: np.random.Generator, kind: str, frames: int
) -> None:
    path, noise = paths(rng, frames)[kind], rng.uniform(0, 1e-4, frames - 1)
    for centre in {0, frames // 3, frames - 1}:
        likelihoods, meant = _native.explain_light(path, noise, centre, HYPOTHESES, **SETTINGS)
        for i, hypothesis in enumerate(HYPOTHESES):
            wanted = reference.explain(path, noise, centre, hypothesis, **SETTINGS)
            assert likelihoods[i] == pytest.approx(wanted[0], rel=1e-6, abs=1e-6)
            np.testing.assert_allclose(meant[i], wanted[1], rtol=1e-6, atol=1e-8)


def test_what_does_not_fit_is_refused() -> None:
    path = np.zeros((4, 3))
    with pytest.raises(ValueError, match="noise"):
        _native.explain_light(path, np.zeros(4), 0, HYPOTHESES, **SETTINGS)
    with pytest.raises(ValueError, match="centre"):
        _native.explain_light(path, np.zeros(3), 4, HYPOTHESES, **SETTINGS)
    with pytest.raises(ValueError, match="deviations"):
        _native.explain_light(path, np.zeros(3), 0, HYPOTHESES[:, :3].copy(), **SETTINGS)
