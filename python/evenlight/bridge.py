# SPDX-License-Identifier: Apache-2.0
"""All that the plug-in calls, in either runtime; records cross as bytes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from . import engine
from .analysis import Analysis, merged, save
from .analysis.writing import encode
from .effects import Effect
from .engine import (
    FrameServer,
    FramesNeeded,
    Request,
    analyse_frame,
    close_effect,
    frames_needed,
    report_errors,
)
from .errands import LateError
from .errors import BusyError
from .frames import Array
from .inference.sessions import Sessions
from .interlaced import Fields

log = logging.getLogger(__name__)

__all__ = [
    "Fields",
    "FramesNeeded",
    "Request",
    "SavedAnalysis",
    "analyse",
    "close_effect",
    "frames_needed",
    "open_effect",
    "process",
    "run_errand",
    "save_analysis",
]


#: Seconds that a disk may take to write an analysis.
_TO_WRITE = 120.0

#: All that the effects of a process share, and the only state of this package that no object owns:
#: the plug-in opens and closes effects by functions, and a network is loaded once for all of them.
_SESSIONS = Sessions()


@dataclass(frozen=True, slots=True)
class SavedAnalysis:
    """An analysis file that was written."""

    frames: int
    digest: str  # equal for equal contents only


def open_effect(identifier: str) -> Effect:
    """A new instance of the effect that hosts know by `identifier`; see `engine.open_effect`."""
    return engine.open_effect(identifier, _SESSIONS)


def process(effect: Effect, server: FrameServer, out: Array, request: Request) -> str:
    """Notice of `engine.process`, which is all of its outcome that hosts can show."""
    begin = monotonic()
    notice = engine.process(effect, server, out, request).notice
    log.debug("%s, frame %g: %.3f s", effect.label, request.time, monotonic() - begin)
    return notice


def analyse(effect: Effect, server: FrameServer, request: Request) -> bytes:
    """Records of the frame, as bytes for `save_analysis`; raises as `process` does."""
    return encode(analyse_frame(effect, server, request))


def run_errand(
    effect: Effect, server: FrameServer, request: Request, errand: int, file: str
) -> str:
    """The answer to an errand of the panel; raises as `process` does."""

    def body() -> str:
        from . import panel  # renders never need it, and it is large

        return panel.run_errand(effect, server, request, panel.Errand(errand), file)

    return report_errors(effect, "in its panel", body)


def save_analysis(effect: Effect, path: str, records: Sequence[bytes]) -> SavedAnalysis:
    """Write the records of `analyse` to the file at `path`, in the place of another analysis.

    Raises as `process` does.
    """

    def write() -> SavedAnalysis:
        merged_records = merged([Analysis.decode(record) for record in records])
        save(path, merged_records, overwrite=True)
        seals = b"".join(record.seal() for record in merged_records)
        digest = hashlib.blake2b(seals, digest_size=16).hexdigest()
        return SavedAnalysis(len(merged_records), digest)

    def body() -> SavedAnalysis:
        try:
            return effect.resources.errands.run(write, _TO_WRITE)
        except LateError as error:
            raise BusyError(f"the disk of {path} does not answer; choose another folder") from error

    return report_errors(effect, f"while writing {path}", body)
