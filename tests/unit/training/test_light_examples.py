# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from rich.progress import Progress

from evenlight.frames import Array
from evenlight.training import light_examples
from evenlight.training.light_examples import Examples, Seen, collect, seen_again, seen_first


def texture(seed: int) -> Array:
    coarse = np.random.default_rng(seed).uniform(30, 220, (40, 60, 3)).astype(np.float32)
    return cv2.resize(coarse, (820, 800), interpolation=cv2.INTER_CUBIC).clip(0, 255)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two clips of a drifting texture, and photographs."""
    (tmp_path / "clips").mkdir()
    (tmp_path / "photos").mkdir()
    for number, name in enumerate(("exo_kept", "any_other")):
        with av.open(str(tmp_path / "clips" / f"{name}.mp4"), "w") as container:
            stream = container.add_stream("mpeg4", rate=25)
            stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
            picture = texture(number)
            for t in range(12):
                part = np.ascontiguousarray(picture[t : t + 180, 2 * t : 2 * t + 320])
                frame = av.VideoFrame.from_ndarray(part.astype(np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    for number in range(8):
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.jpg"), texture(10 + number))
    return tmp_path


def made(data: Path, jobs: int) -> Examples:
    with Progress(disable=True) as progress:
        return collect(data, 1, 3, progress, Seen(seen_first, every=4, alike=False), jobs)


def test_examples_are_the_same_however_many_processes_make_them(data: Path) -> None:
    one, two = made(data, 1), made(data, 2)
    assert all(np.array_equal(getattr(one, f.name), getattr(two, f.name)) for f in fields(Examples))
    assert 0 < one.held.sum() < len(one.held)
    assert one.around.shape[1] == 0


def test_the_temporal_stage_is_shown_the_frames_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    def flickering(clip: Array, _: np.random.Generator) -> tuple[Array, Array]:
        clean = (clip * 255).astype(np.uint8)
        gains = np.where(np.arange(len(clip)) % 2, 0.8, 1.0)[:, None, None, None]
        return clean, (clean * gains).astype(np.uint8)

    monkeypatch.setattr(light_examples.flickering, "draw", flickering)
    monkeypatch.setattr(light_examples, "ALONE", 0.0)
    picture = texture(2) / 255
    clip = np.stack([picture[t : t + 180, 2 * t : 2 * t + 320] for t in range(10)])
    seen = Seen(seen_again, every=5, alike=True)
    for parts in light_examples.examples_of(
        clip.astype(np.float32), np.random.default_rng(1), seen
    ):
        evened, clean, around, clean_around = (part.astype(np.float32) for part in parts[3:7])
        assert around.shape == clean_around.shape == (6, *clean.shape[1:])
        inside = np.s_[..., 4:-4, 6:-6]
        for beside, centre in ((around, evened), (clean_around, clean)):
            apart = np.abs(beside.reshape(2, *centre.shape) - centre)
            assert np.median(apart[inside]) < 0.02
