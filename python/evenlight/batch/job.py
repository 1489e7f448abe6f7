# SPDX-License-Identifier: Apache-2.0
"""Render jobs, as plain data that travels to other processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..edits import shots_of
from ..errors import FrameError, ParamError
from ..frames import Outcome
from ..graph import Graph
from ..interlaced import FieldChoice, Fields
from ..io import Damaged, Missing, Reader, VideoOptions, is_images, open_clip

#: Frames of a chunk where several processes share the work and nothing else is said.
CHUNK = 32


class Listener(Protocol):
    """Hears how a render goes on."""

    def frame(self, number: int, outcome: Outcome) -> None:
        """A frame is finished."""

    def kept(self, numbers: range) -> None:
        """Frames are there from an earlier run, and whole."""

    def notice(self, text: str, key: str = "") -> None:
        """Something the user should know; said once for each `key`."""

    def again(self, numbers: range, attempt: int, reason: str) -> None:
        """Frames failed and are rendered once more."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """One clip through one chain of effects; every process that renders a part of it has this."""

    source: Path
    target: Path
    graph: Graph
    mask: Path | None = None
    missing: Missing = Missing.ERROR
    damaged: Damaged = Damaged.ERROR
    #: The layer of images that is the picture; empty where there is one that must be meant.
    layer: str = ""
    fields: FieldChoice = FieldChoice.AUTO
    video: VideoOptions = field(default_factory=VideoOptions)
    #: Of images, from 0 to 9; None as was measured to be best.
    compression: int | None = None
    #: Frames to put out; None for all. Their neighbours are read in either case.
    frames: range | None = None
    overwrite: bool = False
    #: Keep the frames that are there and whole, where they were made by the same job.
    resume: bool = False
    #: Of a video: only render the part with `frames`; `assemble` puts the parts together.
    part: bool = False
    #: Frames of a chunk; None where nothing asks for chunks.
    chunk: int | None = None
    jobs: int = 1
    #: Threads of each process; None shares the cores between the processes.
    threads: int | None = None
    retries: int = 2

    @property
    def in_parts(self) -> bool:
        """Whether a video is made of parts; it is written at once where nothing speaks for that."""
        asked = self.part or self.resume or self.jobs > 1 or self.chunk is not None
        return asked and not is_images(self.target)

    @property
    def threads_each(self) -> int:
        """Threads of each process."""
        return self.threads or max(1, _cores() // self.jobs)

    def open_source(self, look_around: int = 1) -> Reader:
        """The clip to be rendered; `look_around` frames are kept for neighbours."""
        return open_clip(
            self.source,
            look_around=look_around,
            missing=self.missing,
            damaged=self.damaged,
            layer=self.layer,
        )

    def numbers(self, source: Reader) -> range:
        """The frames to put out; raises ParamError where the clip has not got them."""
        return within(self.frames, source)

    def order(self, source: Reader) -> Fields:
        """Order of the fields of the clip's frames, each of which is corrected as a frame."""
        return self.fields.order(fields_of(source))

    def chunks(self, numbers: range) -> tuple[range, ...]:
        """`numbers` in runs that are rendered on their own, none of which crosses a marked cut."""
        size = self.chunk or (CHUNK if self.jobs > 1 else None)
        if self.part or size is None:
            return (numbers,)
        return split(numbers, size, self.graph.cuts(numbers))


def within(frames: range | None, source: Reader) -> range:
    """The frames that are asked for, all where none are; raises ParamError beyond the clip."""
    whole = range(source.first, source.last + 1)
    if frames is None:
        return whole
    if frames[0] < whole[0] or frames[-1] > whole[-1]:
        raise ParamError(
            f"frames is {frames[0]}-{frames[-1]}; {source.path} has the frames {whole[0]} to "
            f"{whole[-1]}"
        )
    return frames


def fields_of(source: Reader) -> Fields:
    """Order of the fields of the clip's frames, as the file tells it."""
    order = source.format.field_order
    if not order.is_interlaced:
        return Fields.NONE
    return Fields.UPPER_FIRST if order.top_first else Fields.LOWER_FIRST


def split(numbers: range, size: int, cuts: tuple[int, ...] = ()) -> tuple[range, ...]:
    """Runs of at most `size` frames; a new one begins at each cut."""
    return tuple(
        shot[begin : begin + size]
        for shot in shots_of(numbers, cuts)
        for begin in range(0, len(shot), size)
    )


def _cores() -> int:
    """Cores that this process may use, which a scheduler may have made fewer."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def open_clips(job: RenderJob) -> Iterator[tuple[Reader, Reader | None]]:
    """The source and the mask, which are of one size."""
    source = job.open_source(job.graph.look_around)
    mask = None
    try:
        mask = open_clip(job.mask) if job.mask else None
        if mask is not None and mask.shape[:2] != source.shape[:2]:
            raise FrameError(
                f"the mask is {mask.shape[1]} x {mask.shape[0]}, and the clip is "
                f"{source.shape[1]} x {source.shape[0]}; they must be of one size"
            )
        yield source, mask
    finally:
        source.close()
        if mask is not None:
            mask.close()
