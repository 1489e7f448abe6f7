# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import cv2
import numpy as np
import OpenImageIO
import pytest
from tests.unit.batch.hearing import Heard, pictures
from tests.unit.batch.jobs import Make, job

from evenlight.batch import render
from evenlight.inference.sessions import Sessions
from evenlight.io import create_clip, open_clip


@pytest.fixture
def source(make_video: Make, tmp_path: Path) -> Path:
    """Twelve numbered float images of a flickering picture."""
    clip = open_clip(make_video())
    still = clip.frame(1)
    assert still is not None
    writer = create_clip(tmp_path / "in.####.exr", clip, range(1, 13))
    rng = np.random.default_rng(2)
    for number in range(1, 13):
        writer.write(number, still.pixels() * np.float32(rng.uniform(0.8, 1.2)))
    (tmp_path / "in.mp4").unlink()
    return tmp_path / "in.####.exr"


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """Twelve numbered float images whose flicker differs over the frame, so that networks run."""
    rng = np.random.default_rng(2)
    still = 0.1 + 0.7 * cv2.resize(rng.random((8, 12, 3)).astype(np.float32), (72, 48))
    slope = np.linspace(-1, 1, 72, dtype=np.float32)[None, :, None]
    for number in range(1, 13):
        light = rng.uniform(0.8, 1.2) * (1 + 0.2 * rng.uniform(-1, 1) * slope)
        image = OpenImageIO.ImageBuf(np.ascontiguousarray(still * light, np.float32))
        assert image.write(str(tmp_path / f"in.{number:04d}.exr"))
    return tmp_path / "in.####.exr"


@pytest.fixture
def without_networks(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """Takes the networks' files away for a block."""
    empty = tmp_path / "no networks"
    empty.mkdir()

    original = Sessions.__init__

    @contextmanager
    def without() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Sessions, "__init__", lambda self: original(self, empty))
            yield

    return without


@pytest.fixture
def whole(source: Path, tmp_path: Path) -> dict[int, bytes]:
    """The frames that one run makes."""
    (tmp_path / "whole").mkdir()
    target = tmp_path / "whole" / "o.####.exr"
    render(job(source, target), Heard())
    return pictures(target)
