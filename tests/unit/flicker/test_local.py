# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding
from evenlight.flicker.estimate import Correction
from evenlight.flicker.estimator import Estimator
from evenlight.flicker.settings import EstimateSettings
from evenlight.frames import Array, ArrayFrame
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.memo import Memo
from evenlight.motion.fields import Bands, Basis
from evenlight.motion.links import link
from evenlight.motion.preview import Region, measure
from evenlight.motion.window import Window, gather

SETTINGS = EstimateSettings(8, 1.0, 0.5, Basis(6, Bands.ROWS))


def correction_of(seen: Window) -> Correction:
    return Estimator(SETTINGS, Networks(Sessions()), Memo()).estimate(seen).correction(1.0, 1.0)


def scene(rng: np.random.Generator, frames: int = 17) -> Array:
    still = rng.random((30, 54, 1), np.float32).repeat(3, 2) * 0.6 + 0.1
    picture = np.repeat(np.repeat(still, 6, 0), 6, 1)
    return np.stack([picture + rng.normal(0, 0.004, picture.shape) for _ in range(frames)]).astype(
        np.float32
    )


def window(clip: Array, at: int = 8, radius: int = 8) -> Window:
    previews = [
        measure(ArrayFrame(frame), Region(), Encoding.SRGB, by_maximum=False) for frame in clip
    ]

    def look(offset: int) -> object:
        return previews[at + offset] if 0 <= at + offset < len(previews) else None

    found = gather(look, link, lambda _: False, radius, radius, find_cuts=True)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_steady_clip_has_no_field(rng: np.random.Generator) -> None:
    correction = correction_of(window(scene(rng)))
    assert correction.field is None
    assert (correction.gains == 1).all()


@pytest.mark.parametrize("kind", ["local", "rows"])
def test_what_differs_over_the_frame_is_found(rng: np.random.Generator, kind: str) -> None:
    clip = scene(rng)
    rows = np.arange(clip.shape[1])[:, None, None] / clip.shape[1]
    columns = np.arange(clip.shape[2])[None, :, None] / clip.shape[2]
    logs = []
    for t in range(len(clip)):
        a, phase = rng.normal(0, 0.15), rng.uniform(0, 6.28)
        log = a * np.cos(np.pi * columns) if kind == "local" else 0.2 * np.sin(12 * rows + phase)
        logs.append(np.broadcast_to(log, clip[t].shape) - log.mean())
    damaged = clip * np.exp(np.stack(logs)).astype(np.float32)
    field = correction_of(window(damaged)).field
    assert field is not None
    found = field.basis.picture(field.coefficients, clip.shape[1:3])
    wanted = np.mean(logs, axis=0)[..., 0] - logs[8][..., 0]
    assert np.std(found - wanted) < 0.15 * np.std(wanted) + 0.01


@pytest.mark.parametrize("at", [0, 32])
def test_bands_are_found_at_the_ends_of_shots(rng: np.random.Generator, at: int) -> None:
    clip = scene(rng, 33)
    rows = np.arange(clip.shape[1])[:, None] / clip.shape[1]
    phases = rng.uniform(0, 2 * np.pi, len(clip))
    # By the nearest frames alone, which are in one phase, neither end flickers.
    phases[-5:] = phases[-1]
    phases[:5] = phases[0]
    logs = 0.2 * np.sin(4 * np.pi * rows + phases)
    damaged = clip * np.exp(logs.T)[:, :, None, None].astype(np.float32)
    field = correction_of(window(damaged, at, 32)).field
    assert field is not None
    found = field.basis.picture(field.coefficients, clip.shape[1:3]).mean(axis=1)
    assert np.corrcoef(found, -logs[:, at])[0, 1] > 0.8


def test_a_clipped_part_becomes_as_bright_as_in_its_neighbours(rng: np.random.Generator) -> None:
    clip = scene(rng)
    clip[:, :120] = 0.97
    amounts = 0.2 * np.cos(np.arange(len(clip)) * 2.4)
    down = np.linspace(1, -1, clip.shape[1])
    logs = amounts[:, None] * down
    damaged = np.minimum(clip * np.exp(logs)[:, :, None, None], 1).astype(np.float32)
    field = correction_of(window(damaged)).field
    assert field is not None
    found = field.basis.picture(field.coefficients, clip.shape[1:3])
    part = slice(20, 100)
    seen = damaged[:, part].mean(axis=(1, 2, 3))
    corrected = (damaged[8, part, :, 0] * np.exp(found[part])).mean()
    assert seen[8] > 0.99
    assert corrected == pytest.approx(seen.mean(), abs=0.02)


def test_global_flicker_is_no_field(rng: np.random.Generator) -> None:
    clip = scene(rng) * rng.uniform(0.8, 1.2, (17, 1, 1, 1)).astype(np.float32)
    correction = correction_of(window(clip))
    assert correction.field is None
    assert not (correction.gains == 1).all()
