# SPDX-License-Identifier: Apache-2.0
"""Outlook on a job: all that a render would do, found without rendering or writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import MediaError
from ..io import Reader, Report, check_target, is_images, report_of
from ..io.files import refuse_existing
from ..io.parts import folder_of, part_name
from ..io.pattern import Pattern
from .chain import check_analyses
from .job import RenderJob, open_clips


@dataclass(frozen=True, slots=True)
class Outlook:
    """Frames that a job reads, files that it writes, and the fates of all that its source holds."""

    #: Of the source: names and values.
    source: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    read: range
    rendered: range
    #: The files that are made.
    written: tuple[Path, ...]
    report: Report


def outlook(job: RenderJob) -> Outlook:
    """The outlook on a job; raises what the job would raise before its first frame."""
    with open_clips(job) as (source, mask):
        numbers = job.numbers(source)
        check_target(job.target, source, numbers, job.video, mask)
        check_analyses(job.graph, source, numbers, job.order(source))
        written = _written(job, numbers)
        if not (job.overwrite or job.resume):
            for path in written:
                refuse_existing(path)
        if not job.target.parent.is_dir():
            raise MediaError(f"the folder {job.target.parent} does not exist; make it")
        whole = range(source.first, source.last + 1)
        return Outlook(
            described(source),
            source.notices,
            _read(job, numbers, whole),
            numbers,
            written,
            report_of(job.target, source, numbers, job.video),
        )


def described(source: Reader) -> tuple[tuple[str, str], ...]:
    """Names and values that describe a clip."""
    count = source.last - source.first + 1
    lines = [("frames", f"{count}, from {source.first} to {source.last}")]
    rate = source.rate
    if rate:
        lines.append(("length", f"{float(count / rate):.3f} s"))
    if source.encoding:
        lines.append(("encoding", source.encoding))
    return (*lines, *source.format.lines())


def _read(job: RenderJob, numbers: range, whole: range) -> range:
    """The frames that are read, neighbours included."""
    reaches = [stage.reach for stage in job.graph.stages]
    before, after = (sum(reach[side] for reach in reaches) for side in (0, 1))
    return range(max(whole[0], numbers[0] - before), min(whole[-1], numbers[-1] + after) + 1)


def _written(job: RenderJob, numbers: range) -> tuple[Path, ...]:
    if is_images(job.target):
        return tuple(map(Pattern.parse(job.target).file, numbers))
    if job.part:
        return (part_name(folder_of(job.target), numbers),)
    return (job.target,)
