# SPDX-License-Identifier: Apache-2.0
"""With an analysis a frame is the same frame, byte for byte, and far fewer are read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenlight import ArrayFrame, engine
from evenlight.analysis import Analysis, merged, save
from evenlight.analysis.writing import encode
from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.engine import FramesNeeded
from evenlight.errors import AnalysisError, ModelError
from evenlight.frames import Array, Outcome
from evenlight.inference.sessions import Sessions

COUNT, RADIUS = 16, 6
BASE: dict[str, Any] = {"radius": RADIUS, "encoding": "srgb", "method": "classical"}
CASES: dict[str, tuple[type[Effect], dict[str, Any]]] = {
    "deflicker": (Deflicker, BASE),
    "difference": (Deflicker, BASE | {"view": "difference"}),
    "linear": (Deflicker, BASE | {"encoding": "linear", "colour": "luminance", "strength": 0.6}),
    "global": (Deflicker, BASE | {"local": 0.0, "keep_above": 2.0, "region_left": 0.2}),
    "learned": (Deflicker, BASE | {"method": "learned", "strength": 0.9, "local": 0.7}),
    "light stage": (
        Deflicker,
        BASE | {"method": "learned", "stage_light": 0.6, "stage_temporal": 0.0, "solver": "none"},
    ),
    "restore": (Restore, BASE | {"method": "learned"}),
    "restore, classical": (Restore, BASE | {"method": "classical"}),
}


class Clip:
    """Serves frames, and counts those whose pixels were read."""

    def __init__(self, frames: Sequence[Array]) -> None:
        self.frames, self.read = frames, []

    def fetch(self, clip: int, time: float) -> Any:
        index = round(time)
        if clip != engine.Clip.SOURCE or not 0 <= index < len(self.frames):
            return None
        return Counted(self.frames[index], index, self.read)

    def aborted(self) -> bool:
        return False


class Counted(ArrayFrame):
    def __init__(self, array: Array, index: int, read: list[int]) -> None:
        super().__init__(array)
        object.__setattr__(self, "note", lambda: read.append(index))

    __slots__ = ("note",)

    def pixels(self) -> Array:
        self.note()
        return super().pixels()

    def rows(self, step: int) -> Array:
        self.note()
        return super().rows(step)


def request_of(
    effect: type[Effect], time: int, values: dict[str, Any], *, alone: bool = False
) -> engine.Request:
    window = 2 if effect is Deblotch else RADIUS
    marks = [time + offset == values.get("cut_at") for offset in range(-window, window + 1)]
    own = {name: value for name, value in values.items() if name != "cut_at"}
    values = own | {"cut_here": marks}
    return engine.Request(float(time), window, window, values=values, alone=alone)


def rendered(
    clip: Clip, effect: type[Effect], values: dict[str, Any], times: Sequence[int]
) -> dict[int, bytes]:
    found = {}
    for time in times:
        out = np.empty_like(clip.frames[0])
        request = request_of(effect, time, values)
        outcome = engine.process(effect(), clip, out, request, insist=True)
        assert replace(outcome, listings=()) == Outcome()
        found[time] = out.tobytes()
    return found


def analysed(clip: Clip, values: dict[str, Any], times: Sequence[int]) -> list[Any]:
    """Records by Deflicker, whatever effect they are for."""
    applied = ("strength", "view", "device", "fall_back")
    own = {name: value for name, value in values.items() if name not in applied}
    if own.get("local"):
        own["local"] = 1.0
    effect, requests = Deflicker(), [request_of(Deflicker, time, own) for time in times]
    walked = (replace(request, walk=1) for request in requests)
    return [r for request in walked for r in engine.analyse_frame(effect, clip, request)]


@pytest.mark.parametrize("case", CASES)
def test_the_result_is_the_same_and_few_frames_are_read(
    case: str, frames: list[Array], tmp_path: Path
) -> None:
    effect, values = CASES[case]
    plain = rendered(Clip(frames), effect, values, range(COUNT))
    source = Clip(frames)
    path = tmp_path / "shot.evenlight"
    records = analysed(source, values, range(COUNT))
    save(path, records, overwrite=False)
    assert any(record.estimate.relative_deficit is not None for record in records)
    assert any(record.estimate.field for record in records) == (values.get("local") != 0)
    assert sorted(source.read) == list(range(COUNT))  # each once

    order = random.Random(3).sample(range(COUNT), COUNT)
    clip = Clip(frames)
    for time in order:
        clip.read.clear()
        own = values | {"analysis": str(path)}
        assert rendered(clip, effect, own, [time]) == {time: plain[time]}
        needed = engine.frames_needed(effect(), request_of(effect, time, own))
        reach = 6 if effect is Restore else 0
        assert needed == FramesNeeded(reach, reach)
        assert len(set(clip.read)) <= 1 + 2 * reach


def test_deblotch_reads_five_frames_and_needs_no_analysis(frames: list[Array]) -> None:
    clip = Clip(frames)
    for time in range(COUNT):
        clip.read.clear()
        rendered(clip, Deblotch, {"encoding": "srgb"}, [time])
        assert set(clip.read) <= set(range(time - 2, time + 3))
        request = request_of(Deblotch, time, {})
        assert engine.frames_needed(Deblotch(), request) == FramesNeeded(2, 2)
    with pytest.raises(AnalysisError, match="Deblotch has no use for an analysis"):
        engine.analyse_frame(Deblotch(), clip, request_of(Deblotch, 5, {}))


def test_chunks_analysed_apart_make_the_same_file(frames: list[Array]) -> None:
    whole = encode(analysed(Clip(frames), BASE, range(COUNT)))
    chunks = [range(first, min(first + 5, COUNT)) for first in range(0, COUNT, 5)]
    random.Random(5).shuffle(chunks)
    parts = [Analysis.decode(encode(analysed(Clip(frames), BASE, one))) for one in chunks]
    assert encode(merged(parts)) == whole


def test_keyframed_settings_are_analysed_as_they_are(frames: list[Array], tmp_path: Path) -> None:
    def at(time: int) -> dict[str, Any]:
        keyed = {"strength": time / COUNT, "keep_above": 0.5 + time / 10, "local": float(time > 5)}
        return BASE | keyed | {"cut_at": 4}

    path = tmp_path / "shot.evenlight"
    records = [one for time in range(COUNT) for one in analysed(Clip(frames), at(time), [time])]
    save(path, records, overwrite=False)
    for time in range(1, COUNT):
        plain = rendered(Clip(frames), Deflicker, at(time), [time])
        clip = Clip(frames)
        own = at(time) | {"analysis": str(path)}
        assert rendered(clip, Deflicker, own, [time]) == plain
        assert set(clip.read) == {time}


def test_a_stale_analysis_is_refused_with_a_sentence(frames: list[Array], tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    save(path, analysed(Clip(frames), BASE, range(COUNT)), overwrite=False)
    own = BASE | {"analysis": str(path)}
    out = np.empty_like(frames[0])

    def process(
        values: dict[str, Any],
        pictures: list[Array],
        *,
        insist: bool = False,
        alone: bool = False,
    ) -> str:
        request = request_of(Deflicker, 7, values, alone=alone)
        outcome = engine.process(Deflicker(), Clip(pictures), out, request, insist=insist)
        return outcome.notice

    graded = [frame * np.float32(1.02) for frame in frames]
    with pytest.raises(AnalysisError, match="the source has changed"):
        process(own, graded)

    # Frames that count from another number are known by their pictures.
    assert process(own, frames) == ""
    plain = out.tobytes()
    assert process(own | {"analysis_offset": 1}, frames) == ""
    assert out.tobytes() == plain
    assert process(own, [*frames[2:], *frames[:2]]) == ""

    # Other settings: the neighbours are read, and it is said; who insists is refused.
    other = own | {"keep_above": 0.7}
    notice = process(other, frames)
    assert "keep changes above was 1 and is 0.7 now" in notice
    assert notice.endswith("The neighbours are read instead")
    (plain,) = rendered(Clip(frames), Deflicker, BASE | {"keep_above": 0.7}, [7]).values()
    assert out.tobytes() == plain
    needed = engine.frames_needed(Deflicker(), request_of(Deflicker, 7, other))
    assert (needed.before, needed.after) == (6, 6)
    assert "keep changes above was 1 and is 0.7 now" in needed.reason
    with pytest.raises(AnalysisError, match="keep changes above"):
        process(other, frames, insist=True)

    # The analysis serves for the frame at another size, and not for another picture of that size.
    small = [frame.reshape(36, 2, 54, 2, -1).mean(axis=(1, 3)) for frame in frames]
    out = np.empty_like(small[0])
    assert process(own, small) == ""
    assert process(own, small, alone=True) == ""
    (plain,) = rendered(Clip(small), Deflicker, BASE, [7]).values()
    assert np.abs(out - np.frombuffer(plain, np.float32).reshape(out.shape)).max() < 2 / 255
    other = [np.flip(frame, axis=1).copy() for frame in small]
    assert process(own, other).endswith("The neighbours are read instead")
    (plain,) = rendered(Clip(other), Deflicker, BASE, [7]).values()
    assert out.tobytes() == plain
    with pytest.raises(AnalysisError, match="the source has changed"):
        process(own, other, alone=True)

    path.write_bytes(path.read_bytes()[:-9])
    assert "cut short" in process(own, small) or "does not fit" in process(own, small)


def test_an_analysis_holds_for_one_method(frames: list[Array], tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    learned = BASE | {"method": "learned"}
    times = range(5, 8)
    for values, others, said in (
        (BASE, learned, "method was classical and is learned now"),
        (learned, BASE, "method was learned and is classical now"),
        (learned, learned | {"stage_temporal": 0.5}, "temporal stage was 1 1 and is 1 0.5 now"),
        (learned, learned | {"stage_light": 0.5}, "temporal stage was 1 1 and is 0.5 1 now"),
        (learned, learned | {"solver": "none"}, "solver was exact and is none now"),
    ):
        save(path, analysed(Clip(frames), values, times), overwrite=True)
        with pytest.raises(AnalysisError, match=said):
            rendered(Clip(frames), Deflicker, others | {"analysis": str(path)}, [6])
    # What does not bear on the light is no condition, and without local flicker nothing is learned.
    save(path, analysed(Clip(frames), learned, times), overwrite=True)
    own = learned | {"device": "cpu", "fall_back": False}
    plain = rendered(Clip(frames), Deflicker, own, [6])
    assert rendered(Clip(frames), Deflicker, own | {"analysis": str(path)}, [6]) == plain
    save(path, analysed(Clip(frames), BASE | {"local": 0.0}, times), overwrite=True)
    own = learned | {"local": 0.0}
    plain = rendered(Clip(frames), Deflicker, own, [6])
    assert rendered(Clip(frames), Deflicker, own | {"analysis": str(path)}, [6]) == plain


def _missing(*_: object) -> None:
    raise ModelError("the model is missing; install Evenlight again")


def test_networks_are_needed_for_an_analysis_and_not_with_it(
    frames: list[Array], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shot.evenlight"
    learned = BASE | {"method": "learned"}
    plain = rendered(Clip(frames), Deflicker, learned, [7])
    save(path, analysed(Clip(frames), learned, [7]), overwrite=False)
    # Effects are opened as hosts do, in a process whose networks are gone.
    monkeypatch.setattr(Sessions, "shipped", _missing)
    assert rendered(Clip(frames), Deflicker, learned | {"analysis": str(path)}, [7]) == plain
    # The classical light is never put down as the learned one, fall back or not.
    with pytest.raises(ModelError, match="install Evenlight again"):
        analysed(Clip(frames), learned | {"fall_back": True}, [7])
    out = np.empty_like(frames[0])
    stale = learned | {"keep_above": 0.7, "analysis": str(path)}
    outcome = engine.process(Deflicker(), Clip(frames), out, request_of(Deflicker, 7, stale))
    assert outcome.fell_back
    assert "keep changes above was 1 and is 0.7 now" in outcome.notice
    assert "classical method, exact solver: " in outcome.notice
    (classical,) = rendered(Clip(frames), Deflicker, BASE | {"keep_above": 0.7}, [7]).values()
    assert out.tobytes() == classical


@pytest.mark.parametrize("view", ["graph", "light", "temporal"])
def test_views_of_what_no_analysis_holds_read_the_neighbours(
    view: str, frames: list[Array], tmp_path: Path
) -> None:
    path = tmp_path / "shot.evenlight"
    own = BASE | {"method": "learned", "view": view}
    plain = rendered(Clip(frames), Deflicker, own, [7])
    save(path, analysed(Clip(frames), own, [7]), overwrite=False)
    own |= {"analysis": str(path)}
    needed = engine.frames_needed(Deflicker(), request_of(Deflicker, 7, own))
    assert needed == FramesNeeded(RADIUS, RADIUS)
    assert rendered(Clip(frames), Deflicker, own, [7]) == plain


def test_alone_a_frame_is_what_it_is_among_others(frames: list[Array], tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    save(path, analysed(Clip(frames), BASE, range(COUNT)), overwrite=False)
    own = BASE | {"analysis": str(path)}
    plain = rendered(Clip(frames), Deflicker, BASE, range(COUNT))
    for time in range(COUNT):
        alone: list[Any] = [None] * COUNT
        alone[time] = frames[time]
        out = np.empty_like(frames[0])
        request = request_of(Deflicker, time, own, alone=True)
        engine.process(Deflicker(), Clip(alone), out, request)
        assert out.tobytes() == plain[time]
        decoded = Clip([frame + np.float32(0.002) for frame in frames])
        outcome = engine.process(Deflicker(), decoded, out, request)
        assert "another decoder" in outcome.notice
