# SPDX-License-Identifier: Apache-2.0
"""Edit lists: first frames of the shots of an edited clip, from an EDL or an OpenTimelineIO file.

The list's record side is the clip: its first event begins with the clip's first frame.
"""

from __future__ import annotations

import codecs
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from .errors import MediaError, ParamError

#: Rates that timecode counts by; a clip's mean rate, which a file may give, is near one of them.
_RATES = tuple(
    Fraction(n * 1000, d)
    for n in (24, 25, 30, 48, 50, 60)
    for d in ((1000,) if n % 25 == 0 else (1000, 1001))
)
_NEAR = 0.001
#: How an EDL says whether the timecodes after it leave out numbers.
_MODE = re.compile(r"\s*FCM:\s*(?P<non>NON[- ]?)?DROP[- ]?FRAME", re.IGNORECASE)
_EVENT = re.compile(r"\s*\d+\s")
_TIMECODE = re.compile(r"\b(\d\d:\d\d:\d\d)[:.,](\d\d)\b")


def read_cuts(path: Path | str, first: int, rate: Fraction) -> tuple[int, ...]:
    """Frames that begin a shot, but for the first one, of a clip whose first frame is `first`.

    `rate` is the clip's, in frames per second; timecodes are counted with it. A dissolve or a wipe
    is no cut. Raises MediaError where the file cannot be read, ParamError where its contents are
    no edit of a clip.
    """
    path, rate = Path(path), _counted(rate)
    timeline = _read(path, rate)
    tracks = list(timeline.video_tracks())
    if not tracks:
        raise ParamError(f"{path} has no video track")
    if len(tracks) > 1:
        raise ParamError(
            f"{path} has {len(tracks)} video tracks; export the one that was rendered to the clip"
        )
    return tuple(sorted({first + frame for frame in _starts(path, tracks[0], rate)} - {first}))


def shots_of(numbers: range, cuts: tuple[int, ...]) -> tuple[range, ...]:
    """The runs of `numbers` between the cuts."""
    inside = sorted(cut for cut in set(cuts) if numbers.start < cut < numbers.stop)
    edges = [numbers.start, *inside, numbers.stop]
    return tuple(range(a, b) for a, b in pairwise(edges))


def _counted(rate: Fraction) -> Fraction:
    """The rate that timecode counts by, where the clip's is all but that."""
    nearest = min(_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) < _NEAR * rate else rate


def _read(path: Path, rate: Fraction) -> Any:
    try:
        import opentimelineio as otio
    except ImportError as error:
        raise MediaError(
            "edit lists need OpenTimelineIO; run `pip install opentimelineio otio-cmx3600-adapter`"
        ) from error
    if not path.is_file():
        raise MediaError(f"{path} does not exist")
    try:
        if path.suffix.lower() == ".edl":
            text = _with_drop_frame(_text(path.read_bytes()), rate)
            found = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate))
        elif path.suffix.lower() in (".otio", ".json"):
            found = otio.adapters.read_from_string(_text(path.read_bytes()), "otio_json")
        else:
            found = otio.adapters.read_from_file(str(path))
    except Exception as error:  # each adapter has errors of its own
        reason = " ".join(str(error).split())
        raise ParamError(f"{path} cannot be read as an edit list ({reason})") from error
    timelines = [found] if isinstance(found, otio.schema.Timeline) else list(found)
    if len(timelines) != 1 or not isinstance(timelines[0], otio.schema.Timeline):
        raise ParamError(f"{path} holds no single timeline")
    return timelines[0]


def _text(data: bytes) -> str:
    """Text of a file, whatever byte order mark or old encoding it has."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _with_drop_frame(text: str, rate: Fraction) -> str:
    """An EDL whose timecodes bear the semicolon of drop frame where its FCM lines say so.

    Many systems write `FCM: DROP FRAME` and colons; readers go by the semicolon alone.
    """
    lines, drops = [], False
    for line in text.splitlines():
        mode = _MODE.match(line)
        if mode is not None:
            drops = not mode["non"]
        if drops and round(rate) % 30 == 0 and _EVENT.match(line):
            line = _TIMECODE.sub(r"\1;\2", line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def _starts(path: Path, track: Any, rate: Fraction) -> list[int]:
    """Frames, from the track's begin, of clips that are not dissolved into."""
    import opentimelineio as otio

    starts, is_soft = [], False
    for child in track:
        if isinstance(child, otio.schema.Transition):
            is_soft = True
            continue
        begin = track.range_of_child(child).start_time
        frame = begin.value_rescaled_to(float(rate))
        if abs(frame - round(frame)) > 1e-3:
            raise ParamError(
                f"{path} has an edit at {begin.to_seconds():.4f} s, which is between two frames "
                f"of a clip with {float(rate):g} frames per second; say the right --rate"
            )
        if not is_soft:
            starts.append(round(frame))
        is_soft = False
    return starts
