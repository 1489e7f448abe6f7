# SPDX-License-Identifier: Apache-2.0
"""All that the plug-in calls, in either runtime; records cross as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from .analysis import Analysis, merged, save
from .analysis.file import encode
from .effects import Effect
from .engine import (
    FrameServer,
    FramesNeeded,
    Request,
    analyse_record,
    close_effect,
    frames_needed,
    open_effect,
    process,
    report_errors,
)

__all__ = [
    "FramesNeeded",
    "Request",
    "SavedAnalysis",
    "analyse",
    "close_effect",
    "frames_needed",
    "open_effect",
    "process",
    "save_analysis",
]


@dataclass(frozen=True, slots=True)
class SavedAnalysis:
    """An analysis file that was written."""

    frames: int
    digest: str  # equal for equal contents only


def analyse(effect: Effect, server: FrameServer, request: Request) -> bytes:
    """What an analysis keeps of the frame, for `save_analysis`; raises as `process` does."""
    return encode([analyse_record(effect, server, request)])


def save_analysis(effect: Effect, path: str, records: Sequence[bytes]) -> SavedAnalysis:
    """Write what `analyse` gave for each frame to the file at `path`, in another's place.

    Raises as `process` does.
    """

    def body() -> SavedAnalysis:
        merged_records = merged([Analysis.decode(record) for record in records])
        save(path, merged_records, overwrite=True)
        seals = b"".join(record.seal() for record in merged_records)
        digest = hashlib.blake2b(seals, digest_size=16).hexdigest()
        return SavedAnalysis(len(merged_records), digest)

    return report_errors(effect, f"while writing {path}", body)
