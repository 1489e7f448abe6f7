# SPDX-License-Identifier: Apache-2.0
"""`evenlight info` and --dry-run say what there is and what would be, and write nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evenlight.cli.main import run

Make = Callable[..., Path]
RENDERS = [
    ["deflicker", "{source}", "{target}"],
    ["deblotch", "{source}", "{target}"],
    ["restore", "{source}", "{target}"],
    ["render", "{source}", "-o", "{target}", "--graph", "deflicker,deblotch"],
]


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_video_is_told(make_video: Make, capsys: pytest.CaptureFixture[str]) -> None:
    source = make_video(sound="aac", color_trc=16, colorspace=9, color_primaries=9, color_range=1)
    assert run(["info", str(source)]) == 0
    text = capsys.readouterr().out
    for words in (
        "12, from 1 to 12",
        "64 x 48",
        "h264",
        "4:2:0, 8 bits",
        "PQ",
        "frames/s",
        "aac",
    ):
        assert words in text
    assert run(["info", str(source), "--output", "json"]) == 0
    clip = told(capsys)["clip"]
    assert clip["frames"] == "12, from 1 to 12"
    assert clip["encoding"] == "pq"
    assert "audio" in clip["beside it"]


@pytest.mark.parametrize(
    ("target", "fate", "words"),
    [
        ("o.mp4", "kept", "audio stream 1"),
        ("o.webm", "left_behind", "audio stream 1"),
        ("o.webm", "converted", "codec h264 becomes vp9"),
        ("o.####.png", "left_behind", "audio stream 1"),
        ("o.####.exr", "kept", "the frame rate"),
    ],
)
def test_what_an_output_would_keep_is_told(
    make_video: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    target: str,
    fate: str,
    words: str,
) -> None:
    source = make_video(sound="aac")
    assert run(["info", str(source), str(tmp_path / target), "--output", "json"]) == 0
    assert any(words in what for what in told(capsys)["output"][fate])


def test_images_are_told(make_images: Make, capsys: pytest.CaptureFixture[str]) -> None:
    source = make_images(
        "in.####.exr", channels=("a.R", "a.G", "a.B", "b.R", "b.G", "b.B"), numbers=(-1, 0, 1)
    )
    assert run(["info", str(source)]) == 2
    assert "name one with --layer: a, b" in capsys.readouterr().err
    assert run(["info", str(source), "--layer", "b"]) == 0
    text = capsys.readouterr().out
    assert "3, from -1 to 1" in text
    assert "scene_linear" in text
    assert "left as they are: a" in text


@pytest.mark.parametrize("command", RENDERS, ids=lambda words: words[0])
@pytest.mark.parametrize("target", ["o.mkv", "o.####.png"])
def test_a_dry_run_writes_nothing(
    make_video: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    target: str,
) -> None:
    source = make_video(sound="aac")
    before = sorted(tmp_path.rglob("*"))
    words = [word.format(source=source, target=tmp_path / target) for word in command]
    assert run([*words, "--dry-run", "--frames", "5-8", "--jobs", "2", "--progress", "json"]) == 0
    assert sorted(tmp_path.rglob("*")) == before
    found = told(capsys)
    assert found["rendered"] == [5, 8]
    assert found["read"][0] <= 5
    assert found["read"][1] >= 8
    numbers = range(5, 9) if "#" in target else range(1)
    assert found["written"] == [str(tmp_path / target.replace("####", f"{n:04d}")) for n in numbers]
    assert run([*words, "--dry-run"]) == 0
    assert "nothing was rendered or written" in capsys.readouterr().out


def test_a_dry_run_tells_what_the_run_would_stop_at(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_video()
    (tmp_path / "there.mp4").write_text("mine")
    for target, status, words in (
        ("there.mp4", 1, "exists"),
        ("in.mp4", 1, "source itself"),
        ("no/o.mp4", 1, "does not exist"),
        ("o.xyz", 2, "no ending of a video"),
    ):
        assert run(["deflicker", str(source), str(tmp_path / target), "--dry-run"]) == status
        assert words in capsys.readouterr().err
    frames = ["--frames", "5-80", "--dry-run"]
    assert run(["deflicker", str(source), str(tmp_path / "o.mp4"), *frames]) == 2
    assert "has the frames 1 to 12" in capsys.readouterr().err
