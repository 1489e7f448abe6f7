# SPDX-License-Identifier: Apache-2.0
"""The plug-in's wire to the engine: what `engine` has no need to know of the C++ side."""

from __future__ import annotations

import base64
import hashlib
from enum import IntEnum
from typing import Unpack

from . import engine
from .analysis import Analysis, merged, save
from .analysis.file import encode
from .effects import Effect
from .engine import (
    Asked,
    FrameServer,
    analyse_record,
    close_effect,
    process,
    reads,
    report_errors,
)
from .inference.sessions import Sessions

__all__ = ["answer", "close_effect", "open_effect", "process"]

#: Name in `values` that is no parameter: the records that are to be saved.
RECORDS = "records"
#: All that the effects of a process share, and the only state of this package that no object owns:
#: the plug-in opens and closes effects by functions, and a network is loaded once for all of them.
_SESSIONS = Sessions()


def open_effect(identifier: str) -> Effect:
    """A new instance of the effect that hosts know by `identifier`; see `engine.open_effect`."""
    return engine.open_effect(identifier, _SESSIONS)


class Question(IntEnum):
    """Questions of the plug-in beside pixels, by its numbers."""

    FRAMES_NEEDED = 0
    ANALYSE = 1
    SAVE_ANALYSIS = 2


def answer(question: int, effect: Effect, server: FrameServer, **asked: Unpack[Asked]) -> str:
    """One of the following, by its number; raises as `process` does."""
    return _QUESTIONS[Question(question)](effect, server, **asked)


def frames_needed(effect: Effect, server: FrameServer, **asked: Unpack[Asked]) -> str:
    """Frames before and after that `process` will read, and why an analysis does not serve.

    As a text, "0 0" or "40 40 the reason". Nothing is fetched.
    """
    del server
    before, after, sentence = reads(effect, **asked)
    return f"{before} {after} {sentence}".rstrip()


def analyse(effect: Effect, server: FrameServer, **asked: Unpack[Asked]) -> str:
    """Record of the frame at `time`, as a line of text for `save_analysis`."""
    return base64.b64encode(encode([analyse_record(effect, server, **asked)])).decode("ascii")


def save_analysis(effect: Effect, server: FrameServer, **asked: Unpack[Asked]) -> str:
    """Write the lines of `analyse` to the file that the parameter `analysis` names.

    Replaces another analysis. Returns a text that is the same for the same contents only.
    """
    del server

    def body() -> str:
        path, lines = str(asked["values"]["analysis"]), str(asked["values"][RECORDS]).split()
        records = merged([Analysis.decode(base64.b64decode(line)) for line in lines])
        save(path, records, overwrite=True)
        seals = b"".join(record.seal() for record in records)
        return f"{len(records)} frames, {hashlib.blake2b(seals, digest_size=16).hexdigest()}"

    return report_errors(effect, asked["time"], body)


_QUESTIONS = {
    Question.FRAMES_NEEDED: frames_needed,
    Question.ANALYSE: analyse,
    Question.SAVE_ANALYSIS: save_analysis,
}
