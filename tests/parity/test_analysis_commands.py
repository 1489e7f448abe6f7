# SPDX-License-Identifier: Apache-2.0
"""An analysis by the command line: made, merged, refused, and the same bytes with it."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO
import pytest
from tests.images import write_images

from evenlight.cli.main import run
from evenlight.frames import Array


def read_images(folder: Path, name: str) -> list[bytes]:
    files = sorted(folder.glob(f"{name}.*.exr"))
    return [OpenImageIO.ImageBuf(str(file)).get_pixels("float").tobytes() for file in files]


def test_the_command_line_analyses_by_the_learned_method(
    frames: list[Array], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = str(write_images(tmp_path, frames)), str(tmp_path / "shot.evenlight")
    found = ["--radius", "6", "--encoding", "srgb", "--method", "learned"]
    assert run(["analyse", source, "-o", target, *found]) == 0
    applied = [*found, "--frames", "6-8", "--strength", "0.8", "--device", "cpu"]
    render = ["deflicker", source, str(tmp_path / "plain.%04d.exr"), *applied]
    assert run(render) == 0
    render[2] = str(tmp_path / "with.%04d.exr")
    assert run([*render, "--analysis", target]) == 0
    assert read_images(tmp_path, "with") == read_images(tmp_path, "plain")
    capsys.readouterr()
    assert run([*render, "--overwrite", "--analysis", target, "--method", "classical"]) == 1
    assert "method was learned and is classical now" in capsys.readouterr().err
    assert run(["analyse", source, "-o", target, *found, "--device", "cpu"]) == 2
    assert run(["restore", source, target, "--method", "learned"]) == 2


@pytest.mark.parametrize("command", ["deflicker", "restore"])
def test_the_command_line_analyses_merges_and_renders(
    command: str,
    frames: list[Array],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    source = str(write_images(tmp_path, frames))
    keyed = ["--radius", "6", "--encoding", "srgb", "--keep-above", "0:0.5,15:2"]
    target = str(tmp_path / "plain.%04d.exr")
    assert run([command, source, target, *keyed]) == 0
    for name, part in (("b", "8-15"), ("a", "0-7")):
        asked = ["-o", f"{name}.evenlight", "--frames", part, "--for", command]
        assert run(["analyse", source, *asked, *keyed]) == 0
    assert run(["analyse", "--merge", "b.evenlight", "a.evenlight", "-o", "ab.evenlight"]) == 0
    assert run(["analyse", source, "-o", "whole.evenlight", "--for", command, *keyed]) == 0
    assert Path("ab.evenlight").read_bytes() == Path("whole.evenlight").read_bytes()
    for part in ("12-15", "3-11", "0-2"):
        own = [*keyed, "--frames", part, "--analysis", "ab.evenlight"]
        assert run([command, source, str(tmp_path / "with.%04d.exr"), *own]) == 0
    assert read_images(tmp_path, "with") == read_images(tmp_path, "plain")
    capsys.readouterr()

    refused = [command, source, str(tmp_path / "no.%04d.exr"), *keyed]
    assert run([*refused, "--radius", "7", "--analysis", "ab.evenlight"]) == 1
    assert "radius was 6 and is 7 now" in capsys.readouterr().err
    assert not list(tmp_path.glob("no.*"))
    assert run([*refused, "--analysis", "a.evenlight"]) == 1
    assert "frame 8 is not one of them" in capsys.readouterr().err
    assert run([*refused, "--analysis", "none.evenlight"]) == 1
    assert "there is no analysis at none.evenlight" in capsys.readouterr().err
    assert run(["analyse", source, "-o", "a.evenlight", *keyed]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert run(["analyse", "--merge", "a.evenlight", "in.0000.exr", "-o", "c.evenlight"]) == 1
    assert "in.0000.exr cannot be used" in capsys.readouterr().err
    (tmp_path / "small").mkdir()
    small = str(write_images(tmp_path / "small", [frame[::2] for frame in frames]))
    whole = [*keyed, "--analysis", "whole.evenlight"]
    assert run([command, small, str(tmp_path / "no.%04d.exr"), *whole]) == 1
    assert "of 108 x 72 were analysed and this one is 108 x 36" in capsys.readouterr().err
    assert not list(tmp_path.glob("no.*"))


def test_a_chain_takes_an_analysis_for_its_first_effect(
    frames: list[Array],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    source = str(write_images(tmp_path, frames))
    (tmp_path / "in.0006.exr").unlink()
    held = ["--missing", "hold"]
    settings = ["--set", "radius=6", "--set", "encoding=srgb", "--set", "analysis_offset=0"]
    settings += ["--set", "held=1"]
    assert run(["preset", "look.json", "--graph", "deflicker,deblotch", *settings]) == 0
    look = ["--preset", "look.json", *held]
    assert run(["render", source, "-o", "plain.####.exr", *look, "--frames", "4-9"]) == 0
    for part in ("2-6", "7-11"):
        own = ["-o", f"shot[1].{part}", "--frames", part, "--threads", "1"]
        assert run(["analyse", source, *own, *look]) == 0
    capsys.readouterr()
    merge = ["analyse", "--merge", "shot[1].*", "-o", "shot.evenlight", "--frames"]
    assert run([*merge, "1-11"]) == 1
    assert "the analyses lack 1 of 11 frames, the first is 1" in capsys.readouterr().err
    assert run([*merge, "2-11"]) == 0
    assert run(["analyse", "--merge", "none.*", "-o", "none.evenlight"]) == 1
    assert "there is no analysis at none.*" in capsys.readouterr().err
    look += ["--analysis", "shot.evenlight"]
    for part in ("7-9", "4-6"):
        assert run(["render", source, "-o", "with.####.exr", *look, "--frames", part]) == 0
    assert read_images(tmp_path, "with") == read_images(tmp_path, "plain")

    # Deblotch asks Deflicker for two frames on each side, which the analysis must hold.
    capsys.readouterr()
    assert run(["render", source, "-o", "no.####.exr", *look, "--frames", "3-6"]) == 1
    assert "frame 1 is not one of them" in capsys.readouterr().err
    assert not list(tmp_path.glob("no.*"))
    other = ["--graph", "deblotch,deflicker", "--analysis", "shot.evenlight"]
    assert run(["render", source, "-o", "no.####.exr", *other]) == 2
    assert "begins with deblotch, which takes no analysis" in capsys.readouterr().err
