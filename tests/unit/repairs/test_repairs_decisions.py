# SPDX-License-Identifier: Apache-2.0
"""Decisions in a repairs file, as they come out of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenlight.cli.main import run
from evenlight.frames import Array

from .dirty import FIRST, SPOTS, dirty, inside, lines, listed, rendered, scene, store, write


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(dirty(), tmp_path_factory.mktemp("dirty"))


@pytest.fixture(scope="module")
def found(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return listed(clip, tmp_path_factory.mktemp("list") / "repairs.jsonl")


@pytest.fixture(scope="module")
def plain(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Array:
    return rendered(clip, tmp_path_factory.mktemp("plain") / "out")


def repaired(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in values if "outline" in one and one["repaired"]]


def test_every_frame_and_every_spot_is_listed(found: list[dict[str, Any]]) -> None:
    head, *rest = found
    assert head["evenlight_repairs"] == 1
    assert (head["width"], head["height"], head["clip"]) == (200, 144, "f.####.png")
    assert head["effects"]["effects"][0]["effect"] == "org.evenlight.deblotch"
    assert [one["frame"] for one in rest if "picture" in one] == list(range(FIRST, FIRST + 7))
    seen = {(one["frame"], one["kind"]) for one in repaired(found)}
    assert seen == {(f, "dark" if level < 99 else "bright") for f, _, level in SPOTS}


def test_outlines_hold_all_that_is_touched_and_nothing_else(
    found: list[dict[str, Any]], plain: Array
) -> None:
    changed = (plain != dirty()).any(3)
    for index in range(len(plain)):
        own = [inside(one) for one in repaired(found) if one["frame"] == FIRST + index]
        union = np.any(own, axis=0) if own else np.zeros_like(changed[index])
        assert not (changed[index] & ~union).any()
        assert changed[index].sum() >= 0.8 * union.sum()


@pytest.mark.parametrize("which", range(len(SPOTS)))
def test_a_rejected_blotch_keeps_its_pixels_and_the_others_are_as_they_were(
    clip: Path, found: list[dict[str, Any]], plain: Array, tmp_path: Path, which: int
) -> None:
    chosen = repaired(found)[which]
    values = [one | {"decision": "reject"} if one is chosen else one for one in found]
    path = store(tmp_path / "r.jsonl", values)
    out = rendered(clip, tmp_path / "out", "--repairs", str(path))
    mask, index = inside(chosen), chosen["frame"] - FIRST
    assert out[index][mask].tobytes() == dirty()[index][mask].tobytes()
    out[index][mask] = plain[index][mask]
    assert out.tobytes() == plain.tobytes()


def test_all_rejected_is_the_clip_itself(
    clip: Path, found: list[dict[str, Any]], tmp_path: Path
) -> None:
    values = [one | {"decision": "reject"} if "outline" in one else one for one in found]
    path = store(tmp_path / "r.jsonl", values)
    out = rendered(clip, tmp_path / "out", "--repairs", str(path))
    assert out.tobytes() == dirty().tobytes()


def test_undecided_and_accepted_is_what_comes_without_a_file(
    clip: Path, found: list[dict[str, Any]], plain: Array, tmp_path: Path
) -> None:
    path = store(tmp_path / "none.jsonl", found)
    assert rendered(clip, tmp_path / "a", "--repairs", str(path)).tobytes() == plain.tobytes()
    values = [one | {"decision": "accept"} if one in repaired(found) else one for one in found]
    path = store(tmp_path / "all.jsonl", values)
    assert rendered(clip, tmp_path / "b", "--repairs", str(path)).tobytes() == plain.tobytes()


def test_accepted_is_repaired_whatever_the_settings_say(
    clip: Path, found: list[dict[str, Any]], tmp_path: Path
) -> None:
    chosen = repaired(found)[0]
    values = [one | {"decision": "accept"} if one is chosen else one for one in found]
    path = store(tmp_path / "r.jsonl", values)
    strict = ("--smallest", "50")  # nothing is so large
    nothing = rendered(clip, tmp_path / "none", *strict)
    assert nothing.tobytes() == dirty().tobytes()
    out = rendered(clip, tmp_path / "one", *strict, "--repairs", str(path))
    mask, index = inside(chosen), chosen["frame"] - FIRST
    spot = mask & (dirty()[index] <= 5).all(2)
    error = np.abs(out[index][spot].astype(float) - scene()[index][spot]).mean()
    assert error < 0.1 * np.abs(5.0 - scene()[index][spot]).mean()
    others = np.arange(len(out)) != index
    assert out[others].tobytes() == dirty()[others].tobytes()


def test_grown_reaches_farther(
    clip: Path, found: list[dict[str, Any]], plain: Array, tmp_path: Path
) -> None:
    chosen = repaired(found)[0]
    more = {"decision": "accept", "grow": 30.0}  # of 1080 lines: 4 pixels here
    values = [one | more if one is chosen else one for one in found]
    path = store(tmp_path / "r.jsonl", values)
    out = rendered(clip, tmp_path / "out", "--repairs", str(path))
    index = chosen["frame"] - FIRST
    touched = (out[index] != dirty()[index]).any(2)
    assert touched.sum() > 1.4 * (plain[index] != dirty()[index]).any(2).sum()
    others = np.arange(len(out)) != index
    assert out[others].tobytes() == plain[others].tobytes()


def test_a_box_is_repaired_inside_and_little_around(
    clip: Path, found: list[dict[str, Any]], plain: Array, tmp_path: Path
) -> None:
    frame = next(one for one in found if one.get("frame") == 106)
    box = [[20, 30, 59, 30, 59, 49, 20, 49]]
    added = {"frame": 106, "key": frame["key"], "outline": box, "kind": "added"}
    added |= {"score": None, "repaired": False, "decision": "accept"}
    path = store(tmp_path / "r.jsonl", [*found, added])
    out = rendered(clip, tmp_path / "out", "--repairs", str(path))
    changed = (out[5] != plain[5]).any(2)
    assert changed[32:48, 22:58].mean() > 0.8
    changed[26:54, 16:64] = False
    assert not changed.any()
    others = np.arange(len(out)) != 5
    assert out[others].tobytes() == plain[others].tobytes()


def test_a_trimmed_and_renumbered_clip_fits(found: list[dict[str, Any]], tmp_path: Path) -> None:
    values = [one | {"decision": "reject"} if "outline" in one else one for one in found]
    path = store(tmp_path / "r.jsonl", values)
    shorter = write(dirty()[1:6], tmp_path / "shorter", 7)
    out = rendered(shorter, tmp_path / "out", "--repairs", str(path))
    assert out.tobytes() == dirty()[1:6].tobytes()


def test_chunks_of_several_processes_give_the_same_bytes(
    clip: Path, found: list[dict[str, Any]], tmp_path: Path
) -> None:
    own = [index for index, one in enumerate(found) if "outline" in one]
    decisions = ["reject", "accept", "reject", "accept"]
    for index, decision in zip(own, decisions, strict=False):
        found = [*found[:index], found[index] | {"decision": decision}, *found[index + 1 :]]
    path = store(tmp_path / "r.jsonl", found)
    alone = rendered(clip, tmp_path / "alone", "--repairs", str(path))
    parts = ("--jobs", "2", "--chunk", "2", "--repairs", str(path))
    assert rendered(clip, tmp_path / "parts", *parts).tobytes() == alone.tobytes()


def test_restore_lists_and_follows_its_own(clip: Path, tmp_path: Path) -> None:
    values = listed(clip, tmp_path / "r.jsonl", "restore")
    assert {one["frame"] for one in repaired(values)} == {102, 103, 104}
    plain = rendered(clip, tmp_path / "plain", "--repair", "0", effect="restore")
    decided = [one | {"decision": "reject"} if "outline" in one else one for one in values]
    path = store(tmp_path / "all.jsonl", decided)
    out = rendered(clip, tmp_path / "out", "--repairs", str(path), effect="restore")
    assert out.tobytes() == plain.tobytes()


def test_frames_are_not_kept_that_were_made_by_other_decisions(
    clip: Path, found: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store(tmp_path / "r.jsonl", found)
    rendered(clip, tmp_path / "out", "--repairs", str(path))
    again = ["deblotch", str(clip), str(tmp_path / "out" / "f.####.png"), "--resume"]
    assert run([*again, "--repairs", str(path)]) == 0
    store(path, [one | {"decision": "reject"} if "outline" in one else one for one in found])
    assert run([*again, "--repairs", str(path)]) == 1
    assert "other decisions about single repairs" in capsys.readouterr().err


def test_a_list_is_whole_or_refused(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.jsonl"
    listed(clip, path)
    before = path.read_text()
    assert run(["deblotch", str(clip), "--list", str(path)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert path.read_text() == before
    assert run(["deblotch", str(clip)]) == 2
    assert "name OUT" in capsys.readouterr().err
    both = ["--list", str(tmp_path / "other.jsonl"), "--repairs", str(path)]
    assert run(["deblotch", str(clip), *both]) == 2
    assert "leave --repairs out" in capsys.readouterr().err


def test_a_render_can_list_what_it_repairs(
    clip: Path, found: list[dict[str, Any]], plain: Array, tmp_path: Path
) -> None:
    path = tmp_path / "r.jsonl"
    out = rendered(clip, tmp_path / "out", "--list", str(path), "--jobs", "2", "--chunk", "2")
    assert out.tobytes() == plain.tobytes()
    assert lines(path) == found
