# SPDX-License-Identifier: Apache-2.0
"""Writing a shot's records: whole, in one order, and over nothing but another analysis."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ..errors import AnalysisError, BusyError
from ..flicker.estimate import REVISION
from ..frames import Array
from ..regular_file import open_regular
from . import container
from .file import COLUMNS, HOLDS_FIELD, HOLDS_LACKING, NOTE, VERSION, Analysis
from .record import Record


def encode(records: Iterable[Record]) -> bytes:
    """The file of these records; the same bytes in whatever order they come.

    Raises AnalysisError where two of them contradict each other.
    """
    ordered = _ordered(records)
    if not ordered:
        raise AnalysisError("there is nothing to write: no frame was analysed")
    texts = list(dict.fromkeys(record.conditions.text() for record in ordered))
    places = {text: place for place, text in enumerate(texts)}
    count = len(ordered)
    fields = [r.estimate.field.coefficients if r.estimate.field else np.empty(0) for r in ordered]
    columns: dict[str, Array] = {
        name: np.zeros((count, *(max(map(len, fields)) if n is None else n for n in row)), code)
        for name, (code, row) in COLUMNS.items()
    }
    for i, record in enumerate(ordered):
        estimate = record.estimate
        columns["frame"][i] = record.frame
        columns["conditions"][i] = places[record.conditions.text()]
        columns["digest"][i] = np.frombuffer(record.digest, np.uint8)
        columns["seal"][i] = np.frombuffer(record.seal(), np.uint8)
        columns["thumbnail"][i] = record.thumbnail
        columns["field"][i, : len(fields[i])] = fields[i]
        columns["step"][i] = record.step.values
        if estimate.relative_deficit is not None:
            columns["lacking"][i] = estimate.relative_deficit
            columns["holds"][i] |= HOLDS_LACKING
        if estimate.field is not None:
            columns["holds"][i] |= HOLDS_FIELD
    note = {
        "version": VERSION,
        "revision": REVISION,
        "shape": list(ordered[0].shape),
        "conditions": [json.loads(text) for text in texts],
    }
    return container.pack(columns, {NOTE: json.dumps(note, separators=(",", ":"), sort_keys=True)})


def _ordered(records: Iterable[Record]) -> list[Record]:
    kept: dict[tuple[int, str], Record] = {}
    for record in records:
        same = kept.setdefault(record.key, record)
        if same.seal() != record.seal():
            raise AnalysisError(
                f"two analyses contradict each other at frame {record.frame}: they are of different"
                " sources. Merge those of one source, analysed with the same settings"
            )
    ordered = [kept[key] for key in sorted(kept)]
    shapes = {record.shape for record in ordered}
    if len(shapes) > 1:
        sizes = " and ".join(sorted(f"{width} x {height}" for height, width, _ in shapes))
        raise AnalysisError(f"the analyses are of frames of {sizes}; merge those of one source")
    return ordered


def merged(analyses: Sequence[Analysis]) -> list[Record]:
    """The records of all of them."""
    return [record for analysis in analyses for record in analysis.records()]


def save(path: Path | str, records: Iterable[Record], *, overwrite: bool) -> None:
    """Write an analysis under a passing name and give it its own once it is whole.

    Never replaces what is no analysis. Raises AnalysisError where it cannot be written, BusyError
    where the disk is full.
    """
    path = Path(path)
    data = encode(records)
    if os.path.lexists(path) and not overwrite:
        raise AnalysisError(f"{path} exists; allow it to be replaced with --overwrite")
    passing = path.with_name(f".{path.stem}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        if os.path.lexists(path) and not _is_analysis(path):
            raise AnalysisError(f"{path} is there and is no analysis; choose another name")
        try:
            with passing.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(path)
        finally:
            passing.unlink(missing_ok=True)
    except OSError as error:
        kind = BusyError if error.errno in (errno.ENOSPC, errno.EDQUOT) else AnalysisError
        raise kind(
            f"{path} cannot be written: {error.strerror}; choose a folder that exists, has room "
            "and may be written to"
        ) from error


def _is_analysis(path: Path) -> bool:
    """Of any version, whole or damaged: it bears our mark near its beginning."""
    with open_regular(path) as file:
        return f'"{NOTE}"'.encode() in file.read(256)
