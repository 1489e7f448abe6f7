# SPDX-License-Identifier: Apache-2.0
"""Joins on the command line: the clip is analysed where no analysis is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

import evenlight
from evenlight.cli.main import run
from evenlight.frames import Array

FRAMES, JOIN = 30, 15


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Images of a still scene that is 10 % brighter from frame 16 on, and redder."""
    rng = np.random.default_rng(6)
    scene = cv2.GaussianBlur(rng.uniform(0, 255, (96, 128, 3)), (0, 0), 4)
    scene = np.clip(110 + 5 * (scene - scene.mean()), 40, 190)
    for number in range(1, FRAMES + 1):
        picture = scene * (1.0, 1.06, 1.1) if number > JOIN else scene
        picture = picture + rng.normal(0, 1, scene.shape)
        cv2.imwrite(str(tmp_path / f"in.{number:04d}.png"), np.round(picture).astype(np.uint8))
    return tmp_path / "in.####.png"


def frames_of(pattern: Path) -> Array:
    with evenlight.open_clip(pattern) as clip:
        return np.stack(list(clip)).astype(np.float64)


def step(clip: Array) -> float:
    """Largest step of a channel's median brightness at the join, in levels."""
    light = np.median(clip, axis=(1, 2))
    return float(np.abs(light[JOIN : JOIN + 5].mean(0) - light[JOIN - 5 : JOIN].mean(0)).max())


@pytest.mark.parametrize("effect", ["deflicker", "restore"])
def test_a_join_is_evened_out_and_the_chunks_of_a_render_agree(
    source: Path, tmp_path: Path, effect: str
) -> None:
    out, found = tmp_path / "out.####.png", tmp_path / "in.evenlight"
    assert run([effect, str(source), str(out), "--joins", "even_out"]) == 0
    assert step(frames_of(source)) > 8
    assert step(frames_of(out)) < 0.6
    told = ["analyse", str(source), "-o", str(found), "--for", effect]
    assert run(told) == 0
    part = tmp_path / "part.####.png"
    told = [effect, str(source), str(part), "--joins", "even_out", "--frames", "20-22"]
    assert run([*told, "--analysis", str(found)]) == 0
    for number in (20, 21, 22):
        one, other = (tmp_path / f"{name}.{number:04d}.png" for name in ("out", "part"))
        assert one.read_bytes() == other.read_bytes()


def test_joins_are_kept_unless_it_is_asked_and_it_is_said_where_they_cannot_be_found(
    source: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.####.png"
    assert run(["deflicker", str(source), str(kept)]) == 0
    assert step(frames_of(kept)) > 8
    frames = frames_of(source).astype(np.uint8)
    with pytest.warns(UserWarning, match="joins are kept: they are found in the whole clip"):
        list(evenlight.deflicker(frames[:3], joins="even_out"))
