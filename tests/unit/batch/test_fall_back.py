# SPDX-License-Identifier: Apache-2.0
"""Networks that cannot run: an error unless the person asked for another method."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.unit.batch.hearing import Heard, pictures

from evenlight.batch import RenderJob, chain, render
from evenlight.batch.marks import is_marked
from evenlight.batch.stop import Stop
from evenlight.batch.tries import Tries
from evenlight.cli.main import run
from evenlight.effects import Deflicker, Effect
from evenlight.engine import Clip, Request
from evenlight.errors import BusyError, EvenlightError, MediaError, ModelError
from evenlight.frames import Array, Outcome
from evenlight.graph import Graph
from evenlight.io import VideoOptions, open_clip
from evenlight.io.parts import Parts, folder_of
from evenlight.presets import data_of

Without = Callable[[], AbstractContextManager[None]]
FIXED = ["radius=2", "encoding=srgb"]
LEARNED = Graph.of("deflicker").with_settings([*FIXED, "method=learned"])
CLASSICAL = Graph.of("deflicker").with_settings([*FIXED, "method=classical"])
FALLING = LEARNED.with_settings(["fall_back=on"])
ALL = list(range(1, 13))
#: Those that networks are asked about: of the first one it is not sure that it flickers.
ASKED = ALL[1:]


def job(source: Path, target: Path, graph: Graph = LEARNED, **options: Any) -> RenderJob:
    return RenderJob(source, target, graph, video=VideoOptions(quality=0), **options)


def learned_pictures(source: Path, folder: Path) -> dict[int, bytes]:
    folder.mkdir()
    render(job(source, folder / "o.####.exr"), Heard())
    return pictures(folder / "o.####.exr")


def marks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.again"))


# Asked or not


@pytest.mark.parametrize(
    "command",
    [
        ["render", "IN", "-o", "OUT", "--graph", "deflicker", "--set", "method=learned"],
        ["render", "IN", "-o", "OUT", "--graph", "restore"],
        ["render", "IN", "-o", "OUT", "--graph", "deblotch"],
        ["deflicker", "IN", "OUT", "--method", "learned"],
        ["deflicker", "IN", "OUT", "--method", "learned", "--fall-back", "off"],
        ["deflicker", "IN", "OUT", "--solver", "unrolled"],
        ["deblotch", "IN", "OUT"],
        ["restore", "IN", "OUT"],
        ["analyse", "IN", "-o", "FILE", "--method", "learned"],
        ["analyse", "IN", "-o", "FILE", "--for", "restore"],
    ],
    ids=" ".join,
)
def test_a_network_that_cannot_run_is_an_error_that_may_pass(
    uneven: Path,
    tmp_path: Path,
    without_networks: Without,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    places = {"IN": uneven, "OUT": tmp_path / "o.####.exr", "FILE": tmp_path / "o.evenlight"}
    with without_networks():
        assert run([str(places.get(word, word)) for word in command]) == 75
    assert ".onnx is missing; install Evenlight again" in capsys.readouterr().err
    assert not (tmp_path / "o.0006.exr").exists()
    assert not (tmp_path / "o.evenlight").exists()
    assert not marks(tmp_path)


@pytest.mark.parametrize("asked", ["set", "option", "preset"])
def test_who_asks_for_a_fall_back_gets_it_marked_and_told(
    uneven: Path,
    tmp_path: Path,
    without_networks: Without,
    capsys: pytest.CaptureFixture[str],
    asked: str,
) -> None:
    look, target = tmp_path / "look.json", tmp_path / "o.####.exr"
    settings = [*FIXED, "method=learned", *(["fall_back=on"] if asked == "preset" else [])]
    words = [word for setting in settings for word in ("--set", setting)]
    assert run(["preset", str(look), "--graph", "deflicker", *words]) == 0
    command = {
        "set": ["render", str(uneven), "-o", str(target), "--set", "fall_back=on"],
        "option": ["deflicker", str(uneven), str(target), "--fall-back", "on"],
        "preset": ["render", str(uneven), "-o", str(target)],
    }[asked]
    capsys.readouterr()
    with without_networks():
        assert run([*command, "--preset", str(look), "--progress", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any("classical method, exact solver" in line.get("text", "") for line in lines)
    assert lines[-1]["fallen_back"] == len(ASKED)
    assert marks(tmp_path) == [f".o.{number:04d}.exr.again" for number in ASKED]
    (tmp_path / "classical").mkdir()
    render(job(uneven, tmp_path / "classical" / "o.####.exr", CLASSICAL), Heard())
    assert pictures(target) == pictures(tmp_path / "classical" / "o.####.exr")


def test_what_says_nothing_of_a_fall_back_asks_for_none(tmp_path: Path) -> None:
    for version in ([1, 0], [1, 1]):
        stored = {"effect": "org.evenlight.deflicker", "version": version, "params": {}}
        look = tmp_path / "look.json"
        look.write_text(json.dumps({"evenlight_preset": 1, "effects": [stored]}))
        (stage,) = chain_of(look)
        assert stage["params"]["fall_back"] is False
    keyed = Graph.of("restore").with_settings(["fall_back=10:on,20:off"]).stages[0]
    wanted = [keyed.animations["fall_back"].at(time) for time in (1, 10, 20)]
    assert wanted == [False, True, False]


def chain_of(look: Path) -> list[dict[str, Any]]:
    from evenlight.presets import load_preset

    effects: list[dict[str, Any]] = data_of(load_preset(look))["effects"]
    return effects


def test_processes_that_lack_networks_end_the_job(
    uneven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "path" / "onnxruntime"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text("raise ImportError('not for this processor')\n")
    monkeypatch.syspath_prepend(str(stand_in.parent))  # here it is imported already
    with pytest.raises(ModelError, match=r"need ONNX Runtime: .*; what is done stays, go on with"):
        render(job(uneven, tmp_path / "o.####.exr", jobs=2, chunk=3), Heard())
    heard = Heard()
    render(job(uneven, tmp_path / "o.####.exr", FALLING, resume=True, jobs=2, chunk=3), heard)
    assert sorted(heard.rendered) in (ALL, ASKED), "the first may have been whole already"
    assert sorted(heard.fallen_back) == ASKED
    assert len(marks(tmp_path)) == len(ASKED)


# Taken up again


def test_frames_of_a_fall_back_are_done_again_and_no_others(
    uneven: Path, tmp_path: Path, without_networks: Without, capsys: pytest.CaptureFixture[str]
) -> None:
    target, ours = tmp_path / "o.####.exr", ALL[3:]
    render(job(uneven, target, frames=range(1, 4)), Heard())
    with without_networks():
        for _ in range(2):
            heard = Heard()
            render(job(uneven, target, FALLING, resume=True), heard)
            assert (heard.rendered, heard.fallen_back, heard.held) == (ours, ours, ALL[:3])
        with pytest.raises(ModelError):
            render(job(uneven, target, resume=True), Heard())
    assert marks(tmp_path) == [f".o.{number:04d}.exr.again" for number in ours]
    assert run(["check", str(target), "--frames", "1-12"]) == 0
    assert "9 of 12 frames of" in capsys.readouterr().err
    first, rest, last = Heard(), Heard(), Heard()
    render(job(uneven, target, resume=True, frames=range(1, 9)), first)
    assert (first.rendered, first.held) == ([4, 5, 6, 7, 8], [1, 2, 3])
    render(job(uneven, target, FALLING, resume=True), rest)
    assert (rest.rendered, rest.fallen_back) == ([9, 10, 11, 12], [])
    render(job(uneven, target, resume=True), last)
    assert last.rendered == []
    assert not marks(tmp_path)
    assert pictures(target) == learned_pictures(uneven, tmp_path / "learned")


def test_parts_of_a_fall_back_are_done_again_and_no_others(
    uneven: Path, tmp_path: Path, without_networks: Without
) -> None:
    target, spans = tmp_path / "o.mkv", [range(1, 7), range(7, 13)]
    with without_networks():
        render(job(uneven, target, FALLING, part=True, frames=spans[0]), Heard())
    assert marks(tmp_path) == [".00000001-00000006.nut.again"]
    render(job(uneven, target, part=True, frames=spans[1]), Heard())
    with without_networks():
        again = Heard()
        render(job(uneven, target, FALLING, part=True, resume=True, frames=spans[1]), again)
        assert again.rendered == []
    heard = Heard()
    for span in spans:
        render(job(uneven, target, part=True, resume=True, frames=span), heard)
    assert heard.rendered == list(spans[0])
    assert not marks(tmp_path)
    assert len(list(folder_of(target).glob("*.nut"))) == 2


def test_a_part_of_a_fall_back_gives_no_frame_that_another_part_has(
    uneven: Path, tmp_path: Path, without_networks: Without
) -> None:
    """As after a job that was killed and is taken up with chunks of another length."""
    target = tmp_path / "o.mkv"
    with without_networks():
        render(job(uneven, target, FALLING, part=True, frames=range(1, 13)), Heard())
    for span in (range(3, 6), range(8, 10)):
        render(job(uneven, target, part=True, resume=True, frames=span), Heard())
    parts = Parts(target, is_marked)
    taken = [(path.name[:17], frames) for path, frames in parts.chosen(range(1, 13))]
    assert taken == [
        ("00000001-00000012", range(1, 3)),
        ("00000003-00000005", range(3, 6)),
        ("00000001-00000012", range(6, 8)),
        ("00000008-00000009", range(8, 10)),
        ("00000001-00000012", range(10, 13)),
    ]
    heard = Heard()
    render(job(uneven, target, resume=True, chunk=4), heard)
    assert not any("a network" in notice for notice in heard.notices)
    render(job(uneven, tmp_path / "alone.mkv", chunk=12), Heard())
    assert pictures(target) == pictures(tmp_path / "alone.mkv")


def test_a_movie_says_that_parts_of_it_are_a_fall_backs(
    uneven: Path, tmp_path: Path, without_networks: Without
) -> None:
    heard = Heard()
    with without_networks():
        render(job(uneven, tmp_path / "o.mkv", FALLING, chunk=6), heard)
    assert "a network could not run for some of the parts; they are a fall back's" in heard.notices


def test_a_fall_back_shows_in_whatever_is_made_of_its_frame(
    uneven: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process(
        effect: Effect, server: chain.Server, out: Array, request: Request, **_: object
    ) -> Outcome:
        time = round(request.time)
        for number in range(time - request.before, time + request.after + 1):
            frame = server.fetch(Clip.SOURCE, number)
            if frame is not None:
                out[...] = frame.pixels()
        return Outcome(fell_back=isinstance(effect, Deflicker) and time == 6)

    monkeypatch.setattr(chain, "process", process)
    reader = open_clip(uneven, look_around=20)
    for settings in ([], ["deblotch.strength=0"]):
        graph = Graph.of("deflicker,deblotch").with_settings(["held=1", *settings])
        rendered = chain.Chain(graph, reader, None, Stop())
        expected = [6] if settings else [4, 5, 6, 7, 8]
        for _ in range(2):
            spoilt = [number for number in range(1, 13) if rendered.render(number)[1].fell_back]
            assert spoilt == expected
    reader.close()


def test_frames_of_another_job_are_not_kept_once_its_record_is_replaced(
    uneven: Path, tmp_path: Path
) -> None:
    target = tmp_path / "o.####.exr"
    render(job(uneven, target, CLASSICAL), Heard())

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(job(uneven, target, overwrite=True), Heard(at=5, action=stop))
    heard = Heard()
    render(job(uneven, target, resume=True), heard)
    assert heard.rendered == list(range(6, 13))
    assert not marks(tmp_path)
    assert pictures(target) == learned_pictures(uneven, tmp_path / "learned")


# Exit codes


def test_a_job_fails_as_its_worst_chunk_does() -> None:
    lasting, passing = MediaError("it is damaged"), BusyError("the disk is full")
    for errors, kind in (
        ([passing, lasting], MediaError),
        ([lasting, passing], MediaError),
        ([passing, passing], BusyError),
    ):
        tries = Tries(Heard(), 0, range(1, 5), Stop())
        for first, error in enumerate(errors, 1):
            assert not tries.may_again(range(first, first + 1), error)
        with pytest.raises(EvenlightError, match="frames 1-1, 2-2 failed") as caught:
            tries.raise_failures()
        assert type(caught.value) is kind
