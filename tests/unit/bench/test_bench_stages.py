# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from tests.bench import stages
from tests.bench.scenes import PHOTOGRAPHS, Scenes


def test_one_gain_for_the_clip_is_no_error_but_flicker_is() -> None:
    rng = np.random.default_rng(1)
    clean = rng.integers(20, 120, (6, 18, 32, 3)).astype(np.uint8)
    darker = np.round(clean * 0.5).astype(np.uint8)
    assert stages._at_best_exposure(clean, clean) == 60
    assert stages._at_best_exposure(darker, clean) > 45
    flickering = clean.copy()
    flickering[::4] //= 2
    assert stages._at_best_exposure(flickering, clean) < 35


def test_inside_is_what_was_clipped_and_had_texture() -> None:
    clean = np.full((2, 4, 4, 3), 200, np.uint8)
    clean[:, 0] = 255
    damaged = clean.copy()
    damaged[:, :2] = 255
    out = clean.copy()
    assert stages._inside(out, damaged, clean) == 60
    out[:, 1] += 10
    out[:, 3] = 0
    assert stages._inside(out, damaged, clean) == pytest.approx(28.13, abs=0.01)
    assert stages._inside(out, clean, clean) == 60


def test_every_stage_stands_in_every_table(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(stages.STAGES)[:2] == ["do nothing", "STE"]
    monkeypatch.setattr(stages, "STAGES", {"do nothing": stages.nothing})
    heard: list[str] = []
    tables = list(stages.measure_stages(Scenes(None, PHOTOGRAPHS[:1], 3), heard.append))
    assert [table.title.removeprefix("Learned stages, ") for table in tables] == list(
        stages.FLICKER
    )
    assert len(heard) == len(tables)
    rows = [table.means()["do nothing"] for table in tables]
    assert all(np.isfinite(value) for row in rows for value in row.values())
    assert rows[-1]["PSNR-Y"] == 60
    assert max(row["PSNR-Y"] for row in rows[:-1]) < 40
