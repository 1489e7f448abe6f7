# SPDX-License-Identifier: Apache-2.0
"""The effects as functions: any frames in, the command line's bytes out, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import evenlight
from evenlight.cli.main import run
from evenlight.frames import Array

FUNCTIONS = (evenlight.deflicker, evenlight.deblotch, evenlight.restore)


def flickering(count: int, dtype: str = "uint8", channels: int = 3) -> Array:
    """Frames (T, 48, 64, C) of a still scene in flickering light, one with a spot."""
    rng = np.random.default_rng(4)
    scene = np.kron(rng.uniform(0.2, 0.7, (12, 16, channels)), np.ones((4, 4, 1)))
    clip = np.stack([scene * gain for gain in 1 + 0.1 * rng.standard_normal(count)])
    clip[count // 2, 20:26, 30:36] = 0.02
    if np.dtype(dtype).kind == "f":
        return clip.astype(dtype)
    return np.round(clip * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_clip_on_disk_and_its_frames_in_memory_render_as_on_the_command_line(
    function: Callable[..., Iterator[Array]], tmp_path: Path
) -> None:
    frames = flickering(9)
    write_images(tmp_path / "in", frames)
    name = function.__name__
    told = [name, str(tmp_path / "in.####.png"), str(tmp_path / "out.####.png")]
    assert run(told) == 0

    with evenlight.open_clip(tmp_path / "out.####.png") as rendered:
        wanted = np.stack(list(rendered))
    assert not np.array_equal(wanted, frames)
    with evenlight.open_clip(tmp_path / "in.####.png") as clip:
        assert np.array_equal(np.stack(list(function(clip))), wanted)
        encoding = clip.encoding
    from_array = function(frames, encoding=encoding)
    assert np.array_equal(np.stack(list(from_array)), wanted)
    reused = function(in_one_buffer(frames), encoding=encoding)
    assert np.array_equal(np.stack(list(reused)), wanted)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_depth_and_number_of_channels_comes_back_as_it_went(
    dtype: str, channels: int
) -> None:
    frames = flickering(7, dtype, channels)
    out = list(evenlight.deflicker(frames, radius=2))
    assert len(out) == 7
    assert all(picture.shape == (48, 64, channels) for picture in out)
    assert all(picture.dtype == np.dtype(dtype) for picture in out)
    assert not np.array_equal(np.stack(out), frames)


def test_flat_frames_come_back_flat() -> None:
    grey = flickering(5, channels=1)
    flat = np.stack(list(evenlight.restore(grey[..., 0], radius=2)))
    assert flat.shape == (5, 48, 64)
    assert np.array_equal(flat, np.stack(list(evenlight.restore(grey, radius=2)))[..., 0])


def test_no_more_frames_are_taken_than_the_window_reaches() -> None:
    taken = 0

    def frames() -> Iterator[Array]:
        nonlocal taken
        for frame in flickering(30):
            taken += 1
            yield frame

    out = evenlight.deflicker(frames(), radius=3)
    next(out)
    first = taken
    next(out)
    assert first <= 5
    assert taken == first + 1


def test_progress_is_told_with_the_number_of_frames_where_it_is_known() -> None:
    heard: list[tuple[int, int | None]] = []
    frames = flickering(3)
    list(evenlight.deflicker(frames, radius=1, progress=lambda *told: heard.append(told)))
    list(evenlight.deflicker(iter(frames), radius=1, progress=lambda *told: heard.append(told)))
    assert heard == [(1, 3), (2, 3), (3, 3), (1, None), (2, None), (3, None)]


def test_keyframes_count_from_the_first_frame() -> None:
    frames = flickering(6)
    out = list(evenlight.deflicker(frames, radius=2, strength={0: 0, 2: 0, 3: 1}))
    assert [np.array_equal(a, b) for a, b in zip(out, frames, strict=True)][:3] == [True] * 3
    assert not np.array_equal(np.stack(out[3:]), frames[3:])


def test_outside_a_mask_every_value_stays() -> None:
    frames = flickering(5)
    mask = np.zeros((48, 64), bool)
    mask[:, :32] = True
    out = np.stack(list(evenlight.deflicker(frames, mask=mask, radius=2)))
    assert np.array_equal(out[:, :, 32:], frames[:, :, 32:])
    assert not np.array_equal(out, frames)


def test_nothing_in_nothing_out() -> None:
    assert list(evenlight.restore([])) == []


@pytest.mark.parametrize(
    ("frames", "told", "sentence"),
    [
        (np.zeros((2, 8, 8, 3)), {}, "float64; frames are of uint8"),
        (np.zeros((2, 8, 8, 2), np.uint8), {}, "1, 3 or 4 channels"),
        (np.zeros((2, 8, 8), np.uint8), {"wrong": 1}, "no parameter 'wrong'"),
        (np.zeros((2, 8, 8), np.uint8), {"radius": -5}, "radius"),
        (np.zeros((2, 8, 8), np.uint8), {"mask": np.zeros((4, 8), bool)}, "of one size"),
    ],
)
def test_what_cannot_be_rendered_is_said_before_the_first_frame(
    frames: Array, told: dict[str, object], sentence: str
) -> None:
    with pytest.raises(evenlight.EvenlightError, match=sentence):
        evenlight.deflicker(frames, **told)  # type: ignore[arg-type]


def test_a_frame_of_another_size_is_named() -> None:
    frames = [np.zeros((8, 8), np.uint8), np.zeros((8, 9), np.uint8)]
    with pytest.raises(evenlight.FrameError, match="frame 1 is"):
        list(evenlight.deflicker(frames))


def in_one_buffer(frames: Array) -> Iterator[Array]:
    """The frames as readers of video give them that fill the same memory again."""
    buffer = np.empty_like(frames[0])
    for frame in frames:
        buffer[...] = frame
        yield buffer


def write_images(stem: Path, frames: Array) -> None:
    """Numbered PNG pictures from 1."""
    import cv2

    for number, frame in enumerate(frames, 1):
        assert cv2.imwrite(f"{stem}.{number:04d}.png", frame[..., ::-1])
