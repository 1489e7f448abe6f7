# SPDX-License-Identifier: Apache-2.0
"""One chunk of a job, rendered in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import cv2

from ..errors import MediaError
from ..frames import Array, Outcome
from ..io import Reader, create_clip, is_images
from ..io.image import read_whole
from ..io.parts import PartWriter, folder_of, is_whole, part_name
from ..io.pattern import Pattern
from ..kernels.pixels import set_threads
from .behind import Behind
from .chain import Chain
from .job import RenderJob, open_clips
from .marks import is_marked, marking
from .stop import Stop

#: Hears of each frame: its number, its outcome, and whether it was there already.
Told = Callable[[int, Outcome, bool], None]


_MOST = 4  # threads of a kernel, or that write: enough to fill the memory's bandwidth


class ChunkRenderer:
    """Renders chunks of a job: its clips, open, with the memory that neighbouring chunks share."""

    def __init__(self, job: RenderJob, source: Reader, mask: Reader | None, stop: Stop) -> None:
        self._job, self._source, self._stop = job, source, stop
        self._chain = Chain(job.graph, source, mask, stop, job.order(source), measured=True)

    @classmethod
    @contextmanager
    def open(cls, job: RenderJob, fingerprint: str, stop: Stop) -> Iterator[ChunkRenderer]:
        """In a process of its own; the source must still be that with the fingerprint."""
        share_cores(job.threads_each)
        with open_clips(job) as (source, mask):
            if source.fingerprint != fingerprint:
                raise MediaError(
                    f"{source.path} was changed while it was rendered; render again when the "
                    "source is at rest"
                )
            yield cls(job, source, mask, stop)

    def render(self, numbers: range, told: Told) -> None:
        """Render a chunk; what is there, whole and not marked is kept unless the job overwrites."""
        if is_images(self._job.target):
            self._images(numbers, told)
        else:
            self._part(numbers, told)

    def _images(self, numbers: range, told: Told) -> None:
        job, pattern = self._job, Pattern.parse(self._job.target)
        writer = create_clip(
            job.target, self._source, numbers, overwrite=True, compression=job.compression
        )

        def write(number: int, pixels: Array, outcome: Outcome) -> None:
            with marking(pattern.file(number), fell_back=outcome.fell_back):
                writer.write(number, pixels)

        with Behind(min(_MOST, job.threads_each)) as behind:
            for number in numbers:
                self._stop.check()
                if not job.overwrite and _is_good(pattern, number, self._source):
                    told(number, Outcome(), True)
                    continue
                pixels, outcome = self._chain.render(number)
                behind.write(
                    partial(write, number, pixels, outcome), partial(told, number, outcome, False)
                )
            behind.finish()

    def _part(self, numbers: range, told: Told) -> None:
        job = self._job
        part = part_name(folder_of(job.target), numbers)
        if not job.overwrite and is_whole(part, numbers) and not is_marked(part):
            for number in numbers:
                told(number, Outcome(), True)
            return
        fell_back = False
        writer = PartWriter(job.target, self._source, numbers, options=job.video)
        try:
            with Behind(1) as behind:
                for number in numbers:
                    self._stop.check()
                    pixels, outcome = self._chain.render(number)
                    fell_back = fell_back or outcome.fell_back
                    behind.write(
                        partial(writer.write, number, pixels),
                        partial(told, number, outcome, False),
                    )
                behind.finish()
            with marking(part, fell_back=fell_back):
                writer.finish()
        finally:
            writer.discard()


def share_cores(threads: int) -> None:
    """Keep this process to its share of the cores."""
    set_threads(min(_MOST, threads))
    cv2.setNumThreads(threads)


def _is_good(pattern: Pattern, number: int, source: Reader) -> bool:
    """Whether an image is there, not marked, of the source's size, and can be read to its end."""
    path = pattern.file(number)
    if not path.is_file() or is_marked(path):
        return False
    try:
        specs = [spec for spec, _ in read_whole(path)]
    except MediaError:
        return False
    sizes = [(s.height, s.width) for s in specs] + [(s.full_height, s.full_width) for s in specs]
    return source.shape[:2] in sizes
