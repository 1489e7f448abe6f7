# SPDX-License-Identifier: Apache-2.0
"""No file that is read is ever written, removed or replaced, by whatever name it is reached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from evenlight.cli.main import run
from evenlight.errors import BusyError
from evenlight.io import create_clip, open_clip
from evenlight.io.files import Claim, partial_name

Make = Callable[..., Path]


def files(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }


def deflicker(source: Path, target: Path, *more: str) -> int:
    return run(["deflicker", str(source), str(target), "--overwrite", *more])


@pytest.mark.parametrize("target", ["a.%d.png", "./b/../a.####.png", "a.1002.png"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_another_pattern_of_the_same_files_is_refused(
    make_images: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    target: str,
    jobs: str,
) -> None:
    source = make_images("a.####.png", depth="uint8")
    (tmp_path / "b").mkdir()
    frames = ["--frames", "1001"] if target == "a.1002.png" else []
    before = files(tmp_path)
    assert deflicker(source, tmp_path / target, "--jobs", jobs, *frames) == 1
    assert "is the source itself" in capsys.readouterr().err
    assert files(tmp_path) == before


@pytest.mark.parametrize("link", ["symbolic", "hard"])
def test_links_to_the_source_are_refused(
    make_images: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str], link: str
) -> None:
    source = make_images("a.####.png", depth="uint8")
    out = tmp_path / "o.1002.png"
    file = tmp_path / "a.1002.png"
    out.symlink_to(file) if link == "symbolic" else out.hardlink_to(file)
    before = files(tmp_path)
    assert deflicker(source, tmp_path / "o.####.png") == 1
    assert "is the source itself" in capsys.readouterr().err
    assert files(tmp_path) == before


def test_a_mask_is_no_place_to_write_to(
    make_images: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_images("a.####.png", depth="uint8")
    mask = make_images("m.####.png", depth="uint8")
    before = files(tmp_path)
    assert deflicker(source, tmp_path / "m.%04d.png", "--mask", str(mask)) == 1
    assert "is the source itself" in capsys.readouterr().err
    assert files(tmp_path) == before


def test_a_source_under_a_partial_name_is_refused(
    make_images: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_images(".o.####.part.png", depth="uint8")
    before = files(tmp_path)
    assert deflicker(source, tmp_path / "o.####.png") == 1
    assert "is the source itself" in capsys.readouterr().err
    assert files(tmp_path) == before


def test_a_video_is_not_written_over_itself_nor_over_a_link(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_video()
    (tmp_path / "same.mp4").hardlink_to(source)
    before = files(tmp_path)
    for jobs in ("1", "2"):
        assert deflicker(source, tmp_path / "same.mp4", "--jobs", jobs) == 1
        assert "is the source itself" in capsys.readouterr().err
    assert files(tmp_path) == before


def test_a_source_among_the_parts_of_the_target_is_refused(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "o.mp4.parts").mkdir()
    source = make_video("o.mp4.parts/in.mp4")
    assert deflicker(source, tmp_path / "o.mp4", "--jobs", "2") == 1
    assert "write to another name" in capsys.readouterr().err
    assert source.exists()


@pytest.mark.parametrize("there", ["file", "nothing"])
def test_a_link_at_the_partial_name_is_not_followed(
    make_images: Make, tmp_path: Path, there: str
) -> None:
    source = make_images("a.####.png", depth="uint8")
    elsewhere = tmp_path / "elsewhere"
    if there == "file":
        elsewhere.write_text("mine")
    for number in (1001, 1002, 1003):
        partial_name(tmp_path / f"o.{number}.png").symlink_to(elsewhere)
    assert deflicker(source, tmp_path / "o.####.png") == 0
    assert not elsewhere.exists() if there == "nothing" else elsewhere.read_text() == "mine"
    assert not (tmp_path / "o.1001.png").is_symlink()


def test_a_second_name_of_a_file_at_the_partial_name_is_not_written_through(
    make_video: Make, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    partial_name(tmp_path / "o.mp4").hardlink_to(precious)
    assert deflicker(make_video(), tmp_path / "o.mp4") == 0
    assert precious.read_text() == "mine"


def test_a_living_job_keeps_its_partial_file(make_images: Make, tmp_path: Path) -> None:
    reader = open_clip(make_images())
    claim = Claim(tmp_path / "o.1001.exr")
    claim.partial.write_text("half of it")
    writer = create_clip(tmp_path / "o.####.exr", reader, range(1001, 1004))
    frame = reader.frame(1001)
    assert frame is not None
    with pytest.raises(BusyError):
        writer.write(1001, frame.pixels())
    assert claim.partial.read_text() == "half of it"
    claim.drop()
