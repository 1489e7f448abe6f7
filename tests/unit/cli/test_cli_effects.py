# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import av
import numpy as np
import OpenImageIO
import pytest

from evenlight import effects, engine
from evenlight.animation import Animation
from evenlight.cli.effect_command import effect_command, text_of
from evenlight.cli.main import run
from evenlight.effects import EFFECTS, Deflicker
from evenlight.effects.deflicker import DeflickerParams
from evenlight.errors import ParamError
from evenlight.frames import Array, FrameSource, Outcome, RenderRequest
from evenlight.io import create_clip, open_clip
from evenlight.params import build_params, param_specs

Make = Callable[..., Path]
SPECS = {spec.name: spec for spec in param_specs(DeflickerParams)}


class Mean(Deflicker):
    """Each frame becomes the mean of its window, and says what it was given."""

    identifier: ClassVar[str] = "org.evenlight.mean"
    identity: ClassVar[Any] = MappingProxyType({"strength": 0.0})

    def process(
        self, frames: FrameSource, request: RenderRequest, params: Any, out: Array
    ) -> Outcome:
        window = range(int(request.time) - params.radius, int(request.time) + params.radius + 1)
        found = [frame.pixels() for frame in map(frames.fetch, map(float, window)) if frame]
        out[...] = np.mean(np.array(found, np.float64), axis=0) * params.strength
        mask = frames.fetch_mask(request.time)
        if mask is not None:
            out *= mask.pixels()[..., :1] > 0
        marks = [offset for offset, on in request.sampled["cut_here"].items() if on]
        return Outcome(f"cut at {marks[0]:+d}" if marks else "")


@pytest.fixture
def mean(monkeypatch: pytest.MonkeyPatch) -> str:
    for module in (effects, engine):
        monkeypatch.setattr(module, "EFFECTS", (*EFFECTS, Mean))
    return "mean"


def images(pattern: Path) -> dict[int, np.ndarray]:
    reader = open_clip(pattern)
    found = {}
    for number in range(reader.first, reader.last + 1):
        frame = reader.frame(number)
        assert frame is not None
        found[number] = frame.pixels()
    return found


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# Parameters


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.label)
def test_the_defaults_as_typed_are_the_defaults(effect: Any) -> None:
    specs = param_specs(effect.params)
    typed = {s.name: Animation.parse(s, text_of(s)).at(1) for s in specs}
    assert build_params(effect.params, typed) == effect.params()
    options = {parameter.name for parameter in effect_command(effect).params}
    assert {spec.name for spec in specs} <= options


def test_numbers_run_straight_between_keyframes() -> None:
    strength = Animation.parse(SPECS["strength"], "10:0,20:1,30:0.5")
    assert [strength.at(time) for time in (1, 10, 15, 20, 25, 30, 99)] == [
        0,
        0,
        0.5,
        1,
        0.75,
        0.5,
        0.5,
    ]
    radius = Animation.parse(SPECS["radius"], "1:2,4:8")
    assert [radius.at(time) for time in (1, 2, 3, 4)] == [2, 4, 6, 8]
    assert isinstance(radius.at(2), int)


def test_switches_and_choices_hold() -> None:
    cut = Animation.parse(SPECS["cut_here"], "10:on,11:off")
    assert [time for time in range(20) if cut.at(time)] == [10]
    colour = Animation.parse(SPECS["colour"], "5:luminance,9:per_channel")
    assert [colour.at(time) for time in (4, 5, 8, 9)] == [
        "per_channel",
        "luminance",
        "luminance",
        "per_channel",
    ]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("strength", "2", "strength is 2; it must lie between 0 and 1"),
        ("strength", "much", "strength is 'much'; it must be a number"),
        ("strength", "nan", "strength is nan"),
        ("strength", "1:0,x:1", "keyframe 'x:1'"),
        ("strength", "1:0,²:1", "keyframe '²:1'"),
        ("strength", "--1:0", "keyframe '--1:0'"),
        ("strength", "5:0,5:1", "their times must rise"),
        ("radius", "2.5", "must be a whole number"),
        ("colour", "red", "it must be one of per_channel, luminance"),
        ("cut_here", "maybe", "it must be true or false"),
    ],
)
def test_wrong_values(name: str, text: str, sentence: str) -> None:
    with pytest.raises(ParamError, match=sentence):
        Animation.parse(SPECS[name], text)


# Renders


def test_neighbours_and_keyframes_reach_the_effect(
    mean: str, make_images: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_images(depth="float", numbers=tuple(range(1, 8)))
    status = run(
        [
            mean,
            str(source),
            str(tmp_path / "o.####.exr"),
            "--radius",
            "1",
            "--output",
            "json",
            "--strength",
            "1:0.5,5:1",
            "--cut-here",
            "6:on,7:off",
        ]
    )
    assert status == 0
    before, after = images(source), images(tmp_path / "o.####.exr")
    for number, strength in zip(range(1, 8), (0.5, 0.625, 0.75, 0.875, 1, 1, 1), strict=True):
        window = [before[n] for n in (number - 1, number, number + 1) if n in before]
        np.testing.assert_allclose(after[number], np.mean(window, axis=0) * strength, rtol=1e-5)
    lines = events(capsys)
    assert [line["frame"] for line in lines if line["event"] == "progress"] == list(range(1, 8))
    assert [line["text"] for line in lines if line["event"] == "notice"] == [
        "frame 5: cut at +1",
        "frame 6: cut at +0",
        "frame 7: cut at -1",
    ]
    assert lines[-1]["event"] == "done"
    assert lines[-1]["frames"] == 7


def flickering(video: Path, pattern: Path, n_frames: int) -> Path:
    """One picture of a video, brighter and darker from frame to frame."""
    source = open_clip(video)
    writer = create_clip(pattern, source, range(1, n_frames + 1))
    still = source.frame(1)
    assert still is not None
    rng = np.random.default_rng(2)
    for number in range(1, n_frames + 1):
        writer.write(number, still.pixels() * np.float32(rng.uniform(0.8, 1.2)))
    return pattern


def test_chunks_equal_the_whole(make_video: Make, tmp_path: Path) -> None:
    source = flickering(make_video(), tmp_path / "in.####.exr", 9)
    whole, parts = tmp_path / "whole.####.exr", tmp_path / "parts.####.exr"
    fixed = ["--radius", "3", "--encoding", "srgb"]
    assert run(["deflicker", str(source), str(whole), *fixed]) == 0
    for part in ("7-9", "1-2", "3-6"):
        assert run(["deflicker", str(source), str(parts), "--frames", part, *fixed]) == 0
    before, one, many = images(source), images(whole), images(parts)
    for number in range(1, 10):
        assert not np.array_equal(one[number], before[number])
        assert np.array_equal(one[number], many[number])


def test_deflicker_steadies_a_clip(make_video: Make, tmp_path: Path) -> None:
    source = flickering(make_video(), tmp_path / "in.####.exr", 24)
    target = tmp_path / "steady.mp4"
    arguments = [str(source), str(target), "--radius", "24", "--encoding", "srgb"]
    assert run(["deflicker", *arguments]) == 0

    def step(pictures: dict[int, np.ndarray]) -> float:
        return float(np.mean(np.abs(np.diff([picture.mean() for picture in pictures.values()]))))

    assert step(images(target)) < 0.25 * step(images(source))


def test_strength_nought_copies(make_images: Make, tmp_path: Path) -> None:
    source, target = make_images(), tmp_path / "o.####.exr"
    assert run(["deflicker", str(source), str(target), "--strength", "0"]) == 0
    before, after = images(source), images(target)
    assert all(np.array_equal(before[number], after[number]) for number in before)


def test_a_mask_is_used_when_given(mean: str, make_images: Make, tmp_path: Path) -> None:
    source = make_images(depth="float")
    spec = OpenImageIO.ImageSpec(20, 16, 1, "uint8")
    out = OpenImageIO.ImageOutput.create("mask.png")
    assert out.open(str(tmp_path / "mask.png"), spec)
    mask = np.zeros((16, 20, 1), np.uint8)
    mask[4:9] = 255
    assert out.write_image(mask)
    assert out.close()
    target = tmp_path / "o.####.exr"
    arguments = [mean, str(source), str(target), "--mask", str(tmp_path / "mask.png")]
    assert run(arguments) == 0
    for picture in images(target).values():
        assert np.array_equal(picture.any(axis=(1, 2)), mask.any(axis=(1, 2)))


# Wrong requests and failed runs


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--strength", "3"], 2, "strength is 3; it must lie between 0 and 1"),
        (["--strenght", "1"], 2, "No such option"),
        (["--frames", "5-1"], 2, "the last must not come before the first"),
        (["--frames", "one"], 2, "write the first and the last"),
        (["--frames", "1-²"], 2, "write the first and the last"),
        (["--frames", "1000-1002"], 2, "has the frames 1001 to 1003"),
        (["--use-mask", "on"], 2, "name one with --mask"),
        (["--mask", "nothing.png"], 1, "does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_requests(
    make_images: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    sentence: str,
) -> None:
    target = tmp_path / "o.####.exr"
    assert run(["deflicker", str(make_images()), str(target), *arguments]) == status
    told = capsys.readouterr()
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
    assert sentence in told.err
    assert not list(tmp_path.glob("o.*"))


def test_missing_arguments_are_a_wrong_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deflicker", "in.mp4"]) == 2
    assert "OUT" in capsys.readouterr().err
    assert run(["sharpen"]) == 2
    assert run([]) == 2


def test_errors_are_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(tmp_path / "no.mp4"), str(tmp_path / "o.mp4"), "--output", "json"]
    assert run(["deflicker", *arguments]) == 1
    (line,) = events(capsys)
    assert line["event"] == "error"
    assert "does not exist" in line["message"]


def test_a_broken_frame_fails_the_run_and_leaves_nothing(
    make_images: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_images(size=(96, 64))
    file = tmp_path / "in.1003.exr"
    file.write_bytes(file.read_bytes()[:3000])
    assert run(["deflicker", str(source), str(tmp_path / "o.mp4")]) == 1
    assert "in.1003.exr cannot be read" in capsys.readouterr().err
    assert {path.suffix for path in tmp_path.iterdir()} == {".exr"}


def test_existing_output_stays(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "o.mp4"
    target.write_text("mine")
    command = ["deflicker", str(make_video()), str(target), "--radius", "2"]
    assert run(command) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert target.read_text() == "mine"
    assert run([*command, "--overwrite"]) == 0
    with av.open(str(target)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 12


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_no_permission(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert run(["deflicker", str(make_video()), str(folder / "o.mp4")]) == 1
    assert "no permission" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
@pytest.mark.parametrize("name", ["o.mp4", "o.####.tif"])
def test_no_room(make_images: Make, tmp_path: Path, name: str) -> None:
    """A limit on the size of files stands in for a full disk: writing fails half way."""
    source = make_images("in.####.tif", depth="uint16", size=(256, 256))
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "
        "from evenlight.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", limited, "deflicker", str(source), str(tmp_path / name)]
    done = subprocess.run(
        [*command, "--strength", "0"], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 1, done.stderr
    assert "cannot be written: the file is larger than this system allows" in done.stderr
    assert "Traceback" not in done.stderr
    assert all(path.name.startswith("in.") for path in tmp_path.iterdir())


def test_an_analysis_may_have_room_later(
    make_video: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    command = ["analyse", str(make_video()), "-o", str(tmp_path / "a.evenlight"), "--radius", "2"]
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert run(command) == 75
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]
    assert run(command) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_stopping_leaves_nothing(make_video: Make, tmp_path: Path) -> None:
    source, target = make_video(n_frames=400, size=(320, 240)), tmp_path / "o.mp4"
    command = [sys.executable, "-m", "evenlight.cli", "deflicker", str(source), str(target)]
    with subprocess.Popen(
        [*command, "--codec", "hevc"], stderr=subprocess.PIPE, text=True
    ) as child:
        deadline = time.monotonic() + 120
        while not list(tmp_path.glob(".o.*")) and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=120)
    assert child.returncode == 130, told
    assert "stopped" in told
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]
