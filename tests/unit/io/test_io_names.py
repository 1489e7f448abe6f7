# SPDX-License-Identifier: Apache-2.0
"""Names of clips, and the frames that are asked for."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.io.film import digests, film

from evenlight.cli.main import run
from evenlight.errors import FrameError, MediaError
from evenlight.io import Missing, is_images, open_clip
from evenlight.io.image_reader import ImageReader
from evenlight.io.pattern import Pattern

Make = Callable[..., Path]


@pytest.mark.parametrize("name", ["Reel #3.mp4", "take@2x.mp4", "100%d.mkv", "a ## b.mov"])
def test_a_video_that_exists_is_that_video(make_video: Make, tmp_path: Path, name: str) -> None:
    source = make_video(name, n_frames=4)
    assert open_clip(source).last == 4
    target = tmp_path / f"out {name}"
    assert not is_images(target)
    assert run(["deflicker", str(source), str(target)]) == 0
    assert target.is_file()


@pytest.mark.parametrize("name", ["Photo #3.png", "at@2x.png", "100%d.png", "a*b.png", "[x].png"])
def test_an_image_that_exists_is_that_image(make_images: Make, tmp_path: Path, name: str) -> None:
    make_images("x.####.png", numbers=(1, 2), depth="uint8")
    (tmp_path / "x.0001.png").rename(tmp_path / name)
    reader = open_clip(tmp_path / name)
    assert (reader.first, reader.last) == (1, 1)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("shot#1.%04d.exr", "shot#1.0012.exr"),
        ("shot#1.####.exr", "shot#1.0012.exr"),
        ("####.take#1.exr", "0012.take#1.exr"),
        ("Photo #3 out.exr", "Photo #3 out.exr"),
        ("at@2x.exr", "at@2x.exr"),
        ("shot#1.#.exr", "shot#1.12.exr"),
        ("r@2_##_v#.exr", "r@2_12_v#.exr"),
        ("a.##.%04d.exr", "a.##.0012.exr"),
        ("#.#.exr", "#.12.exr"),
    ],
)
def test_of_several_places_one_is_the_numbers(name: str, file: str) -> None:
    assert Pattern.parse(Path(name)).file(12).name == file


def _names(reader: object) -> list[str]:
    assert isinstance(reader, ImageReader)
    return [reader.header(n).path.name for n in range(reader.first, reader.last + 1)]


def _stills(make_images: Make, folder: Path, names: list[str]) -> None:
    make_images("x.####.png", numbers=tuple(range(1, len(names) + 1)), depth="uint8")
    for number, name in enumerate(names, 1):
        (folder / f"x.{number:04d}.png").rename(folder / name)


@pytest.mark.parametrize("glob", [True, False])
@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["f1.png", "f2.png", "f10.png"], 1),
        (["x.0099.png", "x.0100.png", "x.0101.png"], 99),
        (["x.-001.png", "x.0000.png", "x.0001.png"], -1),
        (["IMG_20260101_120000.png", "IMG_20260101_120003.png", "IMG_20260102_080000.png"], 1),
        (["a.png", "b.png", "C.png"], 1),
        (["9 end.png", "10 begin.png"], 1),
        (["shot-001.png", "shot-002.png"], 1),
    ],
)
def test_folders_and_globs_are_sequences_in_natural_order(
    make_images: Make, tmp_path: Path, names: list[str], first: int, glob: bool
) -> None:
    _stills(make_images, tmp_path, names)
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not an image")
    reader = open_clip(tmp_path / "*.png" if glob else tmp_path)
    assert reader.first == first
    assert reader.last - reader.first + 1 == len(names)
    assert _names(reader) == names
    out = tmp_path / "out"
    out.mkdir()
    source = str(tmp_path / "*.png" if glob else tmp_path)
    assert run(["deflicker", source, str(out / "o.%04d.png")]) == 0
    assert len(list(out.glob("o.*.png"))) == len(names)


def test_a_folder_of_two_formats_or_of_none_is_told(make_images: Make, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="holds no images"):
        open_clip(tmp_path)
    with pytest.raises(MediaError, match=r"there is no .*\*\.png"):
        open_clip(tmp_path / "*.png")
    make_images("x.####.png", depth="uint8")
    make_images("x.####.exr")
    with pytest.raises(MediaError, match=r"several formats \(\.exr, \.png\); say which, as in"):
        open_clip(tmp_path)
    assert open_clip(tmp_path / "*.png").last == 1003


def test_numbers_that_are_times_are_told_at_once(make_images: Make, tmp_path: Path) -> None:
    _stills(make_images, tmp_path, ["t20260101120000.png", "t20260102080000.png"])
    with pytest.raises(FrameError, match=r"999\d+ of the frames .*, name them as .*t\*\.png"):
        open_clip(tmp_path / "t%d.png")


@pytest.mark.parametrize(
    ("frames", "wanted"),
    [
        (["--frames", "-2-2"], range(-2, 3)),
        (["--frames=-2--1"], range(-2, 0)),
        (["--frames", "-3"], range(-3, -2)),
        (["--frames=-3-0", "--jobs", "2", "--chunk", "2"], range(-3, 1)),
        ([], range(-3, 4)),
    ],
)
def test_negative_frames(
    make_images: Make, tmp_path: Path, frames: list[str], wanted: range
) -> None:
    make_images("x.####.exr", numbers=tuple(range(-3, 4)))
    assert (
        run(["deflicker", str(tmp_path / "x.%04d.exr"), str(tmp_path / "o.%04d.exr"), *frames]) == 0
    )
    assert sorted(p.name for p in tmp_path.glob("o.*")) == sorted(f"o.{n:04d}.exr" for n in wanted)


@pytest.mark.parametrize("frames", ["2--1", "1-2-3", "--1", "-", "1-", "²"])
def test_frames_that_are_none_are_told(
    make_images: Make, tmp_path: Path, frames: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_images("x.####.png", depth="uint8")
    assert run(["deflicker", str(source), str(tmp_path / "o.####.png"), f"--frames={frames}"]) == 2
    assert "frames is" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
@pytest.mark.parametrize("progress", ["human", "json", "openjd"])
@pytest.mark.parametrize("kind", ["video", "images", "folder", "target"])
def test_names_that_are_not_utf8_are_told(
    make_video: Make,
    make_images: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    progress: str,
) -> None:
    bad = tmp_path / os.fsdecode(b"na\xefve")
    bad.mkdir()
    source, target = tmp_path / "in.mp4", tmp_path / "out.mp4"
    if kind == "video":
        source = make_video().rename(bad / "in.mp4")
    elif kind == "target":
        make_video()
        target = bad / "out.mp4"
    else:
        make_images("x.####.png", depth="uint8", numbers=(1,))
        (tmp_path / "x.0001.png").rename(bad / "x.0001.png")
        source = bad / "x.####.png" if kind == "images" else bad
    for jobs in ("1", "2"):
        arguments = ["deflicker", str(source), str(target), "--progress", progress, "--jobs", jobs]
        assert run(arguments) == 1
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert "not UTF-8; rename it" in told


def test_missing_images_of_a_pattern_are_still_missing(make_images: Make) -> None:
    source = make_images("x.####.png", numbers=(1, 2, 4), depth="uint8")
    with pytest.raises(FrameError, match="frame 3 is missing"):
        open_clip(source)
    assert open_clip(source, missing=Missing.HOLD).last == 4


@pytest.mark.parametrize("name", ["Photo #3", "at@2x"])
def test_an_image_is_written_to_the_name_that_is_given(
    make_images: Make, tmp_path: Path, name: str
) -> None:
    _stills(make_images, tmp_path, [f"{name}.png"])
    target = tmp_path / f"{name} out.png"
    for jobs in ("1", "2"):
        arguments = [str(tmp_path / f"{name}.png"), str(target), "--jobs", jobs, "--overwrite"]
        assert run(["deflicker", *arguments]) == 0
        assert target.is_file()
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_a_folder_in_chunks_by_several_processes_and_again(
    make_images: Make, tmp_path: Path
) -> None:
    _stills(make_images, tmp_path, [f"f{n}.png" for n in range(1, 12)])
    (tmp_path / "out").mkdir()
    command = ["deflicker", str(tmp_path / "*.png"), str(tmp_path / "out" / "o.##.png")]
    assert run([*command, "--jobs", "2", "--chunk", "3"]) == 0
    made = {p.name: p.read_bytes() for p in (tmp_path / "out").glob("o.*.png")}
    assert len(made) == 11
    (tmp_path / "out" / "o.05.png").unlink()
    assert run([*command, "--resume"]) == 0
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").glob("o.*.png")} == made


def test_a_list_of_parts_asks_nothing_of_a_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/part.ts"
        playlist = tmp_path / "list.m3u8"
        playlist.write_text(
            f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n#EXT-X-ENDLIST\n"
        )
        with pytest.raises(MediaError, match="cannot be read"):
            open_clip(playlist, look_around=1)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_name_with_a_colon_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = film(tmp_path / "plain.mkv", "-c:v ffv1 -vf setsar=16/15,format=yuv420p")
    made.rename(tmp_path / "http:take 1.mkv")
    monkeypatch.chdir(tmp_path)
    reader = open_clip(Path("http:take 1.mkv"), look_around=1)
    assert (reader.first, reader.last) == (1, 10)
    reader.close()
    words = ["deflicker", "http:take 1.mkv", "http:out.mkv", "--strength", "0"]
    for more in ([], ["--overwrite", "--jobs", "2", "--chunk", "5"]):
        assert run([*words, *more]) == 0
        assert digests(tmp_path / "http:out.mkv") == digests(tmp_path / "http:take 1.mkv")
