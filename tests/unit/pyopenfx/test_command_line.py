# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from pyopenfx.__main__ import main
from pyopenfx._pictures import read_frames, write_frames


def test_info_prints_parameters(subjects, capsys) -> None:
    assert main(["info", str(subjects())]) == 0
    text = capsys.readouterr().out
    assert "org.example.subject 1.2  Subject" in text
    assert "gain: Double = 1.0 (0 to 4)  What it does." in text
    assert "mode: Choice = *Plain | In threads" in text


def test_info_as_json(subjects, capsys) -> None:
    assert main(["info", str(subjects()), "--json"]) == 0
    (plugin,) = json.loads(capsys.readouterr().out)
    assert list(plugin["contexts"]) == ["Filter", "General"]
    assert plugin["contexts"]["Filter"]["params"][1]["maximum"] == 8


def test_render_from_file_to_file(subjects, tmp_path, rng, capsys) -> None:
    frames = rng.random((4, 6, 8, 4), np.float32)
    source, result = tmp_path / "in.npy", tmp_path / "out.npy"
    np.save(source, frames)
    command = ["render", str(subjects()), str(source), str(result)]
    assert main([*command, "--frames", "1-2", "--param", "gain=0.5"]) == 0
    assert np.array_equal(np.load(result), frames[1:3] * np.float32(0.5))
    assert main(command) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, "--overwrite", "--param", "gain=9"]) == 2
    assert "must lie between 0 and 4" in capsys.readouterr().err
    assert main([*command, "--overwrite", "--frames", "2-9"]) == 2
    assert main([*command, "--overwrite", "--frames", "²"]) == 2
    assert np.load(result).shape == (2, 6, 8, 4)


def test_a_folder_of_frames_and_a_choice_by_name(subjects, tmp_path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for time in range(3):
        np.save(folder / f"f{time:04d}.npy", np.full((4, 5, 3), time, np.float32))
    result = tmp_path / "out.npy"
    command = ["render", str(subjects()), str(folder), str(result)]
    assert main([*command, "--param", "mode=In threads", "--param", "radius=1"]) == 0
    assert np.load(result)[:, 0, 0, 0].tolist() == [0.5, 1.0, 1.5]


@pytest.mark.parametrize(
    ("ending", "dtype"),
    [(".exr", np.float32), (".png", np.uint8)],
)
def test_numbered_images_are_read_and_written(subjects, tmp_path, rng, ending, dtype) -> None:
    frames = rng.random((3, 6, 8, 4), np.float32)
    scale = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    frames = (frames * scale).astype(dtype)
    np.save(tmp_path / "in.npy", frames)
    one, two = (str(tmp_path / f"{name}.####{ending}") for name in ("one", "two"))
    plain = ["render", str(subjects()), "--param", "gain=1"]
    assert main([*plain, str(tmp_path / "in.npy"), one]) == 0
    assert [p.name for p in sorted(tmp_path.glob("one.*"))] == [
        f"one.000{n}{ending}" for n in range(3)
    ]
    assert main([*plain, one, two, "--frames", "1-2"]) == 0
    assert not (tmp_path / f"two.0000{ending}").exists()
    assert main([*plain, two.replace("####", "%04d"), str(tmp_path / "back.npy")]) == 0
    back = np.load(tmp_path / "back.npy")
    assert back.dtype == dtype
    assert np.array_equal(back, frames[1:])
    assert main([*plain, str(tmp_path / f"one.0001{ending}"), str(tmp_path / f"x{ending}")]) == 0
    assert (tmp_path / f"x{ending}").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_images_hold_every_depth(tmp_path, rng, dtype, channels) -> None:
    whole = np.issubdtype(dtype, np.integer)
    frames = rng.random((2, 5, 7, channels)) * (np.iinfo(dtype).max if whole else 3)
    name = tmp_path / ("a.####.png" if whole else "a.####.exr")
    write_frames(name, frames.astype(dtype), 2, 7)
    read, first = read_frames(name)
    assert (first, read[0].dtype) == (7, dtype)
    assert np.array_equal(np.stack(read), frames.astype(dtype))


def test_images_that_cannot_be_are_told(subjects, tmp_path, capsys, monkeypatch) -> None:
    np.save(tmp_path / "in.npy", np.zeros((2, 4, 5, 3), np.float32))
    command = ["render", str(subjects())]
    source = str(tmp_path / "in.npy")
    assert main([*command, source, str(tmp_path / "out.png")]) == 2
    assert "2 frames are rendered; write a name such as" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "no.####.png"), str(tmp_path / "out.npy")]) == 2
    assert "there are no images" in capsys.readouterr().err
    (tmp_path / "bad.exr").write_text("nothing")
    assert main([*command, str(tmp_path / "bad.exr"), str(tmp_path / "out.npy")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    assert main([*command, source, str(tmp_path / "out.####.png")]) == 1
    assert "pip install pyopenfx[images]" in capsys.readouterr().err


def test_a_missing_bundle_ends_with_1(tmp_path, capsys) -> None:
    assert main(["info", str(tmp_path / "none.ofx.bundle")]) == 1
    assert "there is no bundle" in capsys.readouterr().err


def test_info_goes_on_past_a_plug_in_that_fails_and_says_so(subjects, capsys) -> None:
    assert main(["info", str(subjects("several"))]) == 1
    told = capsys.readouterr()
    for name in ("org.example.first", "org.example.context", "org.example.l\ufffdst"):
        assert f"{name} 1.0  One of several" in told.out
    assert "org.example.fails cannot be described: Describe answered kOfxStatFailed" in told.err
    assert "org.example.context cannot be described in context General" in told.err
    assert main(["info", str(subjects("several")), "--json"]) == 1
    first, context, last, fails = json.loads(capsys.readouterr().out)
    assert list(first["contexts"]["Filter"]) == ["clips", "params"]
    assert "kOfxStatErrMemory" in context["contexts"]["General"]["error"]
    assert last["identifier"] == "org.example.l\ufffdst"
    assert fails == {
        "identifier": "org.example.fails",
        "error": "Describe answered kOfxStatFailed",
    }


def test_info_tells_every_failure_where_all_fail(subjects, capsys) -> None:
    assert main(["info", str(subjects("throws_in_describe"))]) == 1
    assert "org.example.subject cannot be described" in capsys.readouterr().err
