# SPDX-License-Identifier: Apache-2.0
"""Reading ahead and writing behind: bounded, in order, and nothing is hidden."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest

from evenlight.batch.behind import Behind
from evenlight.cli.main import run
from evenlight.errors import BusyError
from evenlight.io import open_clip
from evenlight.io.ahead import Ahead

Make = Callable[..., Path]


def test_a_walk_is_read_ahead_by_a_few_and_no_more() -> None:
    read: list[int] = []
    ahead = Ahead(lambda number: read.append(number) or number, last=9, depth=2)
    assert ahead.get(0) == 0
    time.sleep(0.05)
    assert read == [0]  # one alone is no walk
    assert ahead.get(1) == 1
    end = time.monotonic() + 10
    while len(read) < 4 and time.monotonic() < end:
        time.sleep(0.01)
    assert sorted(read) == [0, 1, 2, 3]
    assert [ahead.get(number) for number in range(2, 10)] == list(range(2, 10))
    ahead.close()
    assert sorted(read) == list(range(10))  # each once, none beyond the last


def test_frames_in_any_order_are_the_frames() -> None:
    ahead = Ahead(lambda number: number * number, last=50, depth=3)
    order = [*np.random.default_rng(1).integers(0, 51, 200)]
    assert [ahead.get(int(n)) for n in order] == [int(n) ** 2 for n in order]
    ahead.close()


def test_what_reading_ahead_meets_is_told_when_the_frame_is_asked_for() -> None:
    def read(number: int) -> int:
        if number == 3:
            raise BusyError("three")
        return number

    ahead = Ahead(read, last=9, depth=2)
    assert [ahead.get(n) for n in (0, 1, 2)] == [0, 1, 2]
    with pytest.raises(BusyError, match="three"):
        ahead.get(3)
    assert ahead.get(4) == 4
    ahead.close()


def test_writing_is_bounded_and_told_in_order_in_the_thread_that_renders() -> None:
    waiting = threading.Semaphore(0)
    done: list[int] = []
    begun: list[int] = []

    def write(number: int) -> None:
        begun.append(number)
        waiting.acquire()

    def told(number: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        done.append(number)

    with Behind(2) as behind:
        for number in range(4):
            behind.write(lambda n=number: write(n), lambda n=number: told(n))
        threading.Timer(0.05, waiting.release, (100,)).start()
        behind.write(lambda: write(4), lambda: told(4))  # waits for the first
        assert done[:1] == [0]
        behind.finish()
    assert done == [0, 1, 2, 3, 4]
    assert sorted(begun) == [0, 1, 2, 3, 4]


def test_what_writing_meets_is_told_to_who_renders() -> None:
    def fail() -> None:
        raise BusyError("the disk is full")

    with Behind(1) as behind:
        behind.write(fail, lambda: None)
        with pytest.raises(BusyError, match="full"):
            behind.finish()


@pytest.mark.parametrize(
    ("name", "depth"),
    [("png", "uint8"), ("png", "uint16"), ("tif", "uint8"), ("tif", "float"), ("exr", "half")],
)
def test_compression_changes_the_size_and_no_pixel(
    make_images: Make, tmp_path: Path, name: str, depth: str
) -> None:
    source = make_images(f"in.####.{name}", depth=depth, size=(200, 150), numbers=(1, 2, 3))
    sizes = []
    for level in ("0", "1", "9", None):
        target = tmp_path / f"out{level}.####.{name}"
        more = [] if level is None else ["--compression", level]
        assert run(["deflicker", str(source), str(target), "--strength", "0", *more]) == 0
        sizes.append((tmp_path / f"out{level}.0002.{name}").stat().st_size)
        before, after = open_clip(source).frame(2), open_clip(target).frame(2)
        assert before is not None
        assert after is not None
        assert np.array_equal(before.pixels(), after.pixels())
    raw = 200 * 150 * 3 * {"uint8": 1, "uint16": 2, "half": 2, "float": 4}[depth]
    assert sizes[0] > raw
    assert min(sizes[1:]) > 0


def test_a_smooth_picture_is_compressed(tmp_path: Path) -> None:
    ramp = np.linspace(0, 250, 300 * 200 * 3).astype(np.uint8).reshape(200, 300, 3)
    for number in (1, 2):
        out = OpenImageIO.ImageOutput.create("x.png")
        assert out.open(
            str(tmp_path / f"in.{number}.png"), OpenImageIO.ImageSpec(300, 200, 3, "uint8")
        )
        assert out.write_image(ramp)
        assert out.close()
    for suffix in ("png", "tif", "exr"):
        for level, share in ((0, 10), (None, 0.5), (9, 0.5)):
            target = tmp_path / f"o{level}.#.{suffix}"
            more = [] if level is None else ["--compression", str(level)]
            assert run(["deflicker", str(tmp_path / "in.#.png"), str(target), *more]) == 0
            size = (tmp_path / f"o{level}.1.{suffix}").stat().st_size
            assert (size > ramp.nbytes) if level == 0 else (size < share * ramp.nbytes)
