# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from evenlight.errors import MediaError
from evenlight.evaluation import clips, split


@pytest.fixture
def data(tmp_path: Path, make_video: Callable[..., Path]) -> Path:
    """Two clips, of which one judges, three photographs, two mattes and a film of stills."""
    root = tmp_path / "data"
    for folder in ("clips", "photos", "oldfilm/stills", "overlays/fds_sprites/dirt"):
        (root / folder).mkdir(parents=True)
    video = make_video()
    for name in ("boof_any", split.JUDGING_CLIPS[0]):
        shutil.copy(video, root / "clips" / f"{name}.mp4")
    picture = np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)
    for number in range(3):
        cv2.imwrite(str(root / "photos" / f"{number}.jpg"), picture)
        cv2.imwrite(str(root / "oldfilm" / "stills" / f"{number}.png"), picture[..., ::-1])
    matte = np.zeros((40, 50), np.uint8)
    matte[10:20, 5:25] = 255
    for number, one in enumerate((matte, matte, np.zeros_like(matte))):
        cv2.imwrite(str(root / "overlays/fds_sprites/dirt" / f"{number}.png"), one)
    return root


def test_the_manifest_says_what_is_there(data: Path) -> None:
    assert clips.manifest(data) == ["boof_any"]
    assert clips.manifest(data, with_photographs=True, with_mattes=True) == [
        "boof_any", "3 photographs", "2 mattes of fds_sprites",
    ]  # fmt: skip
    shutil.rmtree(data / "overlays")
    assert clips.manifest(data, with_mattes=True) == ["boof_any"]


def test_clips_and_films_are_loaded_at_the_size_asked_for(data: Path) -> None:
    clip = clips.load_clip(data, "boof_any", 5, (32, 24))
    assert clip.shape == (5, 24, 32, 3)
    assert clip.dtype == np.float32
    assert 0 <= clip.min() < clip.max() <= 1
    film = clips.load_film(data, "stills", 2, (40, 30))
    first = clips.still(data / "oldfilm" / "stills" / "0.png")
    assert film.shape == (2, 30, 40, 3)
    assert np.array_equal(film[0], first)
    assert clips.load_film(data, "boof_any", 3, (32, 24)).shape == (3, 24, 32, 3)


def test_mattes_are_cropped_to_what_is_there(data: Path) -> None:
    first, _ = clips.sprite_mattes(data)
    assert first.shape == (10, 20)
    assert first.min() == 1


def test_no_data_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="name the folder with --data"):
        clips.training_names(tmp_path)
    with pytest.raises(MediaError, match=r"no film any .*--data"):
        clips.load_film(tmp_path, "any", 2, (40, 30))
    with pytest.raises(MediaError, match="no photographs"):
        clips.photographs(tmp_path)
