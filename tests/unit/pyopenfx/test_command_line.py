# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np

from pyopenfx.__main__ import main


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
