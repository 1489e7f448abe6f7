# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from tests.bench.peers import METHODS
from tests.bench.tables import _best

from evenlight.demo.shots import SHOTS, take
from evenlight.evaluation import damage, metrics
from evenlight.frames import Array

PEERS = [name for name in METHODS if name not in ("do nothing", "Evenlight Deblotch")]


@pytest.fixture(scope="module")
def clips() -> tuple[Array, Array]:
    """A shot and the same under flicker, (24, 90, 160, 3) uint8."""
    rng = np.random.default_rng(11)
    shot = take(SHOTS["motorcycle"], 24, (160, 90), rng)
    flickering = damage.global_flicker(shot, rng, gamma=(0.9, 1.1))
    return damage.as_bytes(shot), damage.as_bytes(flickering)


@pytest.mark.parametrize("name", PEERS)
def test_every_method_gives_every_frame_back_and_less_flicker(
    clips: tuple[Array, Array], name: str
) -> None:
    clean, flickering = clips
    out = METHODS[name](flickering, range(len(flickering)))
    assert out.shape == clean.shape
    assert out.dtype == np.uint8
    assert metrics.step(out, clean) < 0.5 * metrics.step(flickering, clean)


def test_evenlight_does_not_know_where_a_job_begins(clips: tuple[Array, Array]) -> None:
    _, flickering = clips
    run = METHODS["Evenlight Deflicker"]
    parts = [run(flickering, range(12)), run(flickering, range(12, 24))]
    assert np.array_equal(np.concatenate(parts), run(flickering, range(24)))


def test_the_best_of_a_column_is_found() -> None:
    rows = {
        "do nothing": {"PSNR-Y": 60.0, "step": 0.0, "grain": 1.0},
        "a": {"PSNR-Y": 30.0, "step": 2.0, "grain": 1.3},
        "b": {"PSNR-Y": 35.0, "step": 1.0, "grain": 0.8},
    }
    assert [_best(column, rows) for column in rows["a"]] == [35.0, 1.0, 0.8]
