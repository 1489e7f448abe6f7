# SPDX-License-Identifier: Apache-2.0
"""Repairs files of other clips, of other versions and of enemies: a sentence for each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenlight.cli.main import run
from evenlight.errors import RepairsError
from evenlight.repairs.entry import MOST_NUMBERS
from evenlight.repairs.file import parsed, read_repairs

from .dirty import FIRST, dirty, scene, store, write

KEY = "00112233445566778899aabbccddeeff"
HEAD: dict[str, Any] = {"evenlight_repairs": 1, "evenlight": "1", "clip": "c", "effects": {}}
HEAD |= {"width": 200, "height": 144}
FRAME = {"frame": 5, "key": KEY, "picture": "A" * 1152}
BLOTCH: dict[str, Any] = {"frame": 5, "key": KEY, "outline": [[1, 1, 9, 1, 9, 9]], "kind": "dark"}
BLOTCH |= {"score": 1.5, "repaired": True, "decision": "reject"}


def text(*values: Any) -> list[bytes]:
    return [
        one if isinstance(one, bytes) else json.dumps(one, separators=(",", ":")).encode()
        for one in values
    ]


def test_what_is_written_is_read() -> None:
    found = parsed(text(HEAD, FRAME, BLOTCH), "r")
    (entry,) = found.entries[bytes.fromhex(KEY)]
    assert entry.stored == BLOTCH
    assert (found.frames, found.keys.shape, found.pictures.shape) == ((5,), (1, 16), (1, 9, 16, 3))


def blotch(**other: Any) -> list[bytes]:
    return text(HEAD, FRAME, BLOTCH | other)


CASES: dict[str, tuple[list[bytes], str]] = {
    "empty": ([], "it is empty"),
    "no file of ours": (text({"a": 1}), "no repairs file of Evenlight's"),
    "a list": (text([1, 2]), "line 1 cannot be read"),
    "not JSON": ([b"repairs"], "line 1 cannot be read"),
    "not UTF-8": ([b"\xff\xfe{}"], "line 1 cannot be read"),
    "a picture": ([b"\x89PNG\r", b"\0" * 99], "line 1 cannot be read"),
    "another version": (text(HEAD | {"evenlight_repairs": 2}), "has format 2 and this Evenlight"),
    "a version that is none": (text(HEAD | {"evenlight_repairs": True}), "has format True"),
    "no size": (text(HEAD | {"width": None}), "how large the frames are"),
    "size of nothing": (text(HEAD | {"width": 0}), "how large the frames are"),
    "huge size": (text(HEAD | {"width": 10**12}), "how large the frames are"),
    "no effects": (text(HEAD | {"effects": 3}), "were found with"),
    "merged": (text(HEAD, FRAME, HEAD, FRAME), "line 3 begins another file"),
    "frame twice": (text(HEAD, FRAME, FRAME), "line 3 is frame 5 once more"),
    "frame not there": (text(HEAD, BLOTCH), "line 2 decides about frame 5, and no such frame"),
    "another frame's key": (blotch(key="ff" * 16), "no such frame is before it"),
    "key too short": (blotch(key="ff"), "has the key 'ff'"),
    "key of nothing": (blotch(key=5), "has the key 5"),
    "frame NaN": ([*text(HEAD), b'{"frame":NaN,"key":"","picture":""}'], "has the frame nan"),
    "frame huge": (text(HEAD, FRAME | {"frame": 1 << 40}), "is no number of a frame"),
    "picture short": (text(HEAD, FRAME | {"picture": "AAAA"}), "nothing by which it could be"),
    "picture none": (text(HEAD, FRAME | {"picture": 7}), "nothing by which it could be"),
    "outline NaN": (
        [*text(HEAD, FRAME), json.dumps(BLOTCH | {"outline": [[float("nan")] * 6]}).encode()],
        "line 3 has an outline that is none",
    ),
    "outline infinite": (
        [*text(HEAD, FRAME), b'{"frame":5,"key":"%s","outline":[[1e999,1]],"kind":"dark"}'
         % KEY.encode()],
        "outline that is none",
    ),
    "outline odd": (blotch(outline=[[1, 2, 3]]), "outline that is none"),
    "outline empty": (blotch(outline=[]), "outline that is none"),
    "ring empty": (blotch(outline=[[]]), "outline that is none"),
    "outline outside": (blotch(outline=[[0, 0, 200, 5]]), "of a frame of 200 x 144"),
    "outline below": (blotch(outline=[[0, 0, 5, -1]]), "outline that is none"),
    "outline of switches": (blotch(outline=[[True, False]]), "outline that is none"),
    "outline of texts": (blotch(outline=["1,2"]), "outline that is none"),
    "outline deep": (blotch(outline=[[[[1]]]]), "outline that is none"),
    "outline too long": (blotch(outline=[[1] * (MOST_NUMBERS + 2)]), "outline that is none"),
    "rings too many": (blotch(outline=[[1, 1]] * 300), "outline that is none"),
    "kind unknown": (blotch(kind="scratch"), "has the kind 'scratch'"),
    "kind none": (blotch(kind=[]), "has the kind []"),
    "decision unknown": (blotch(decision="maybe"), "has the decision 'maybe'"),
    "decision none": (blotch(decision=None), "has the decision None"),
    "grow NaN": (
        [*text(HEAD, FRAME), json.dumps(BLOTCH | {"grow": float("nan")}).encode()], "grows by nan"
    ),
    "grow huge": (blotch(grow=1e9), "grows by 1000000000.0"),
    "score a text": (blotch(score="high"), "has the score 'high'"),
    "a path": (blotch(path="/etc/passwd"), "has 'path', which no blotch has"),
    "a long line": ([*text(HEAD), b" " * (1 << 20) + b"{}"], "line 2 is longer"),
    "deep": ([*text(HEAD), b"[" * 100_000], "line 2 cannot be read"),
    "a long number": ([*text(HEAD), b'{"frame":' + b"9" * 5000 + b"}"], "line 2 cannot be read"),
    "many in one frame": (text(HEAD, FRAME, *[BLOTCH] * 4097), "one blotch more than anybody"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_is_refused_in_a_sentence(name: str) -> None:
    lines, sentence = CASES[name]
    with pytest.raises(RepairsError) as caught:
        parsed(lines, "r.jsonl")
    told = str(caught.value)
    assert sentence in told
    assert told.startswith("r.jsonl cannot be used: ")
    assert told.endswith("List the clip's repairs again")
    assert len(told) < 400


def fifo(path: Path) -> None:
    os.mkfifo(path)


NO_FILES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "a folder": lambda path: path.mkdir(),
    "a pipe": fifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_is_told_at_once(name: str, tmp_path: Path) -> None:
    NO_FILES[name](tmp_path / "r.jsonl")
    with pytest.raises(RepairsError, match=r"there are no repairs at .*clear Repairs"):
        read_repairs(tmp_path / "r.jsonl")


def test_a_name_that_no_disk_takes(tmp_path: Path) -> None:
    with pytest.raises(RepairsError, match="there are no repairs at"):
        read_repairs(str(tmp_path / "r") + "\0")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(dirty(), tmp_path_factory.mktemp("dirty"))


def told(
    clip: Path, path: Path, capsys: pytest.CaptureFixture[str], effect: str = "deblotch"
) -> str:
    """What the command says when it refuses the file; nothing is written then."""
    target = path.parent / "never"
    target.mkdir()
    assert run([effect, str(clip), str(target / "f.####.png"), "--repairs", str(path)]) == 1
    assert not list(target.glob("f.*"))
    return capsys.readouterr().err


def test_a_missing_file_stops_a_run(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there are no repairs at" in told(clip, tmp_path / "no.jsonl", capsys)


def test_a_file_of_frames_of_another_shape_stops_a_run(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store(tmp_path / "r.jsonl", [HEAD | {"width": 1920, "height": 800}, FRAME])
    sentence = told(clip, path, capsys)
    assert "its blotches are of frames of 1920 x 800 and this frame is 200 x 144" in sentence


def test_a_file_of_another_clip_stops_a_run(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write(255 - scene(), tmp_path / "other")
    path = tmp_path / "r.jsonl"
    assert run(["deblotch", str(other), "--list", str(path)]) == 0
    capsys.readouterr()
    sentence = told(clip, path, capsys)
    assert f"the picture of frame {FIRST} is none of those that were listed" in sentence


def test_a_frame_is_known_in_another_decoders_numbers(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    assert run(["deblotch", str(clip), "--list", str(path)]) == 0
    values = [json.loads(line) for line in path.read_text().splitlines()]
    decided = [one | {"decision": "reject"} if "outline" in one else one for one in values]
    store(path, decided)
    rough = np.clip(dirty().astype(int) + np.arange(3) % 2, 0, 255).astype(np.uint8)
    near = write(rough, tmp_path / "near")
    target = tmp_path / "out"
    target.mkdir()
    from .dirty import read

    assert run(["deblotch", str(near), str(target / "f.####.png"), "--repairs", str(path)]) == 0
    assert read(target / "f.####.png").tobytes() == rough.tobytes()
