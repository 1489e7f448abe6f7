# SPDX-License-Identifier: Apache-2.0
"""The file of a shot's records, read a frame at a time."""

from __future__ import annotations

import io
import json
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..colour.levels import LEVELS
from ..errors import AnalysisError, NoAnalysisError
from ..flicker.estimate import REVISION, FlickerEstimate
from ..flicker.joins import STEP_VALUES, LightStep
from ..flicker.local import Field
from ..frames import Array
from ..regular_file import open_regular
from . import container
from .record import THUMBNAIL, Record
from .settings import AnalysisSettings

#: The format; another number is another format.
VERSION = 3
SUFFIX = ".evenlight"
NOTE = "evenlight.analysis"
#: More frames than twelve hours have, and more settings than anyone keyframes.
_MOST_FRAMES, _MOST_CONDITIONS = 1 << 20, 1 << 20
HOLDS_LACKING, HOLDS_FIELD = 1, 2  # bits of the column "holds"
#: Past these, a correction makes no sense (share of a level; natural logarithm of a gain).
_MOST_LACKING, _MOST_FIELD = 1e6, 50.0
_MOST_STOPS = 1e3  # past which a change of light makes no sense
_AGAIN = "Analyse the clip again"

#: Columns: type, and shape of a row; None is as wide as the file says.
COLUMNS: dict[str, tuple[str, tuple[int | None, ...]]] = {
    "frame": ("<i8", ()),
    "conditions": ("<i4", ()),
    "holds": ("u1", ()),
    "digest": ("u1", (16,)),
    "seal": ("u1", (8,)),
    "thumbnail": ("<f2", (*THUMBNAIL, 3)),
    "lacking": ("<f8", (3, len(LEVELS))),
    "field": ("<f8", (None,)),
    "step": ("<f8", (STEP_VALUES,)),
}
_WIDEST_FIELD = 1 << 13


class Analysis:
    """The records of a file or of a string of bytes; what is at hand of a long one is its index."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read the index; raises AnalysisError where `file` is no analysis of this version."""
        self.name = name
        self._file = file
        self._lock = threading.Lock()  # guards the file's position
        try:
            self._columns, notes = container.unpack(file)
            self._read_note(notes)
            self._check_columns()
            self._read_index()
        except AnalysisError as error:
            file.close()
            raise self._unusable(str(error)) from error
        weakref.finalize(self, file.close)

    @classmethod
    def open(cls, path: Path | str) -> Analysis:
        """The analysis at `path`."""
        try:
            return cls(open_regular(path), str(path))
        except (OSError, ValueError) as error:  # a name that no disk takes is a ValueError
            reason = getattr(error, "strerror", None) or error
            kind = NoAnalysisError if isinstance(error, FileNotFoundError) else AnalysisError
            raise kind(
                f"there is no analysis at {path} that can be read ({reason}); make one "
                "with Analyse clip or `evenlight analyse`, or clear Analysis file"
            ) from error

    @classmethod
    def decode(cls, data: bytes, name: str = "an analysis") -> Analysis:
        """The analysis that these bytes hold."""
        return cls(io.BytesIO(data), name)

    def __len__(self) -> int:
        """How many records it holds."""
        return len(self._frames)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels of the frames that were analysed."""
        return self._shape

    @property
    def frames(self) -> list[int]:
        """Numbers of the frames, rising."""
        return sorted(set(self._frames.tolist()))

    def records(self) -> Iterator[Record]:
        """All of them, in the file's order."""
        return (self.record(row) for row in range(len(self)))

    def frame_of(self, row: int) -> int:
        """Number of the frame in a row."""
        return int(self._frames[row])

    def rows_like(self, wanted: AnalysisSettings, number: int) -> Array:
        """Rows (n,) of the frames analysed as frame `number` is wanted, marks as far from each."""
        if wanted.shot == (None, None):
            alike = [which for which, made in enumerate(self._conditions) if made == wanted]
            return np.flatnonzero(np.isin(self._which, alike))
        made = zip(self._frames.tolist(), self._which.tolist(), strict=True)
        return np.flatnonzero(
            [self._conditions[w] == wanted.moved(frame - number) for frame, w in made]
        )

    def column(self, name: str, rows: Array | None = None) -> Array:
        """A column as it stands in the file, whole, or of some rising rows."""
        first, stop = (0, len(self)) if rows is None else (int(rows[0]), int(rows[-1]) + 1)
        with self._lock:
            column = self._columns[name].read(self._file, first, stop - first)
        return column if rows is None else column[rows - first]

    def find(self, frame: int, wanted: AnalysisSettings) -> Record:
        """The record of a frame; raises AnalysisError, with a sentence, where there is none."""
        rows = self._rows.get(frame, [])
        for row in rows:
            if self._conditions[self._which[row]] == wanted:
                return self.record(row)
        if rows:
            made = self._conditions[self._which[rows[0]]]
            raise AnalysisError(
                f"{self.name} was made with other settings ({made.difference(wanted)}). {_AGAIN}"
            )
        first, last = (self._frames.min(), self._frames.max()) if len(self) else (0, 0)
        held = f"frames {first} to {last}, and frame {frame} is not one of them" * bool(len(self))
        raise AnalysisError(
            f"{self.name} holds {held or 'no frames'}. Analyse that one too, or set Analysis offset"
        )

    def _read_note(self, notes: dict[str, str]) -> None:
        try:
            note: Any = json.loads(notes[NOTE])
        except (KeyError, ValueError, RecursionError) as error:
            raise AnalysisError("it is no analysis of Evenlight's") from error
        if not isinstance(note, dict) or "version" not in note:
            raise AnalysisError("it is no analysis of Evenlight's")
        if (note["version"], note.get("revision")) != (VERSION, REVISION):
            raise AnalysisError("it was made by another version of Evenlight")
        conditions, shape = note.get("conditions"), note.get("shape")
        if not isinstance(conditions, list) or len(conditions) > _MOST_CONDITIONS:
            raise AnalysisError("its settings make no sense")
        if not (
            isinstance(shape, list)
            and len(shape) == 3
            and all(type(side) is int and 0 < side < 1 << 31 for side in shape)
        ):
            raise AnalysisError("it does not say how large the frames are")
        self._conditions = [AnalysisSettings.of(one) for one in conditions]
        self._shape: tuple[int, int, int] = (shape[0], shape[1], shape[2])

    def _check_columns(self) -> None:
        if set(self._columns) != set(COLUMNS):
            raise AnalysisError("it holds other columns than this version knows")
        count = self._columns["frame"].shape[0]
        for name, (code, row) in COLUMNS.items():
            column = self._columns[name]
            fits = len(column.shape) == 1 + len(row) and all(
                want in (None, have) for want, have in zip(row, column.shape[1:], strict=False)
            )
            if column.dtype != np.dtype(code) or not fits or column.shape[0] != count:
                raise AnalysisError("its columns do not fit each other")
        if count > _MOST_FRAMES or self._columns["field"].shape[1] > _WIDEST_FIELD:
            raise AnalysisError("it claims more than any shot has")

    def _read_index(self) -> None:
        self._frames: Array = self._columns["frame"].read(self._file)
        self._which: Array = self._columns["conditions"].read(self._file)
        if len(self._which) and not (
            self._which.min() >= 0 and self._which.max() < len(self._conditions)
        ):
            raise AnalysisError("its settings make no sense")
        self._rows: dict[int, list[int]] = {}
        for row, frame in enumerate(self._frames.tolist()):
            self._rows.setdefault(frame, []).append(row)

    def record(self, row: int) -> Record:
        """The record in a row; raises AnalysisError where it is damaged."""
        with self._lock:
            parts = {
                name: column.read(self._file, row, 1)[0] for name, column in self._columns.items()
            }
        conditions = self._conditions[self._which[row]]
        record = Record(
            int(parts["frame"]),
            conditions,
            self._shape,
            parts["digest"].tobytes(),
            parts["thumbnail"],
            self._estimate(int(parts["holds"]), parts["lacking"], parts["field"], conditions),
            self._step(parts["step"]),
        )
        if record.seal() != parts["seal"].tobytes():
            raise self._unusable(f"what it holds of frame {record.frame} is damaged")
        return record

    def _estimate(
        self, holds: int, relative_deficit: Array, field: Array, conditions: AnalysisSettings
    ) -> FlickerEstimate:
        basis = conditions.basis if holds & HOLDS_FIELD else None
        terms = 0 if basis is None else len(basis.frequencies)
        sound = (
            holds in range(4)
            and bool(holds & HOLDS_FIELD) == (basis is not None)
            and terms <= len(field)
            and bool(
                (np.abs(relative_deficit) <= _MOST_LACKING).all()
            )  # false for what is no number
            and bool((np.abs(field) <= _MOST_FIELD).all())
        )
        if not sound:
            raise self._unusable("it holds corrections that make no sense")
        return FlickerEstimate(
            relative_deficit if holds & HOLDS_LACKING else None,
            None if basis is None else Field(basis, field[:terms]),
        )

    def light(self) -> tuple[list[int], list[LightStep], Array]:
        """Frames, rising, the step of light to each, and thumbnails (n, h, w, 3) display values."""
        rows = {frame: rows[0] for frame, rows in sorted(self._rows.items())}
        chosen = list(rows.values())
        with self._lock:
            values, thumbnails = (
                self._columns[name].read(self._file)[chosen] for name in ("step", "thumbnail")
            )
        return list(rows), [self._step(step) for step in values], thumbnails

    def _step(self, values: Array) -> LightStep:
        if not bool((np.abs(values) <= _MOST_STOPS).all()):  # false for what is no number
            raise self._unusable("it holds changes of light that make no sense")
        return LightStep.of(values)

    def _unusable(self, reason: str) -> AnalysisError:
        return AnalysisError(f"{self.name} cannot be used: {reason}. {_AGAIN}")
