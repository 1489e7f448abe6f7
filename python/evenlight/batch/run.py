# SPDX-License-Identifier: Apache-2.0
"""A job from begin to end: checked, rendered, put together."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..errors import BusyError, EvenlightError, MediaError
from ..io import Reader, check_target, create_clip, is_images
from ..io.files import check_folder, refuse_existing, writing
from ..io.parts import Parts, folder_of
from ..io.video_writer import VideoWriter
from .chain import Chain, check_analyses
from .job import Listener, RenderJob, open_clips
from .pool import Pool
from .record import agree, description, forget, video_options
from .tries import Tries
from .work import Bench, share_cores


def render(job: RenderJob, listener: Listener) -> None:
    """Render the job's frames: nothing stands under the target's name that is not whole.

    Raises ParamError for what is asked wrongly, BusyError for what may work later, and
    EvenlightError for the rest; what was finished stays, and `resume` takes it up.
    """
    with open_clips(job) as (source, mask):
        numbers = job.numbers(source)
        if job.threads is not None:
            share_cores(job.threads_each)
        check_analyses(job.graph, source, numbers)
        for notice in source.notices:
            listener.notice(notice)
        if is_images(job.target) or job.in_parts:
            _in_chunks(job, source, mask, numbers, listener)
        else:
            _at_once(job, source, Chain(job.graph, source, mask), numbers, listener)


def assemble(job: RenderJob, listener: Listener) -> None:
    """Put a video together of parts that were rendered with `part`, and remove them.

    The job's graph and options of the video are those that the parts were made with. Raises
    MediaError where frames are missing or the source is another.
    """
    with open_clips(job) as (source, _):
        numbers = job.numbers(source)
        job = replace(job, video=video_options(job, source))
        _put_together(job, source, numbers, listener, listener.frame)


def _at_once(
    job: RenderJob, source: Reader, chain: Chain, numbers: range, listener: Listener
) -> None:
    writer = create_clip(job.target, source, numbers, overwrite=job.overwrite, video=job.video)
    try:
        for notice in writer.notices:
            listener.notice(notice)
        for number in numbers:
            pixels, notice = chain.render(number)
            writer.write(number, pixels)
            listener.frame(number, notice)
        writer.finish()
    finally:
        writer.discard()


def _in_chunks(
    job: RenderJob, source: Reader, mask: Reader | None, numbers: range, listener: Listener
) -> None:
    _prepare(job, source, numbers, listener)
    agree(job, description(job, source, mask), numbers)
    tries = Tries(listener, job.retries, numbers)
    chunks = job.chunks(numbers)
    try:
        if job.jobs > 1 and len(chunks) > 1:
            Pool(job, source.fingerprint).run(chunks, tries)
        else:
            _one_by_one(Bench(job, source, mask), chunks, tries)
    finally:
        forget(job)
    tries.raise_failures()
    if job.in_parts and not job.part:
        _put_together(job, source, numbers, listener, lambda _number, _notice: None)


def _one_by_one(bench: Bench, chunks: Sequence[range], tries: Tries) -> None:
    for chunk in chunks:
        while True:
            try:
                bench.render(chunk, tries.frame)
            except EvenlightError as error:
                if tries.may_again(chunk, error):
                    continue
            except MemoryError:
                if tries.may_again(chunk, BusyError("there is not enough memory")):
                    continue
            break


def _prepare(job: RenderJob, source: Reader, numbers: range, listener: Listener) -> None:
    """Raise before the job begins what would otherwise stop it at its end."""
    keeps = job.overwrite or job.resume
    if is_images(job.target):
        writer = create_clip(job.target, source, numbers, overwrite=keeps)
        for notice in writer.notices:
            listener.notice(notice)
        return
    check_target(job.target, source, job.video)
    if not job.overwrite:
        refuse_existing(job.target)
    check_folder(job.target)
    folder = folder_of(job.target)
    with writing(folder):
        folder.mkdir(exist_ok=True)


def _put_together(
    job: RenderJob,
    source: Reader,
    numbers: range,
    listener: Listener,
    told: Callable[[int, str], None],
) -> None:
    parts = Parts(job.target)
    gaps = parts.missing(numbers)
    if gaps:
        runs = ", ".join(f"{gap[0]}-{gap[-1]}" for gap in gaps[:8])
        raise MediaError(
            f"frames {runs} of {job.target} are in no part ({len(gaps)} gaps); render them with "
            "--part, then put the parts together"
        )
    writer = create_clip(job.target, source, numbers, overwrite=job.overwrite, video=job.video)
    assert isinstance(writer, VideoWriter), "only videos have parts"
    try:
        for notice in writer.notices:
            listener.notice(notice)
        for number in parts.put_together(writer, numbers):
            told(number, "")
        writer.finish()
    finally:
        writer.discard()
    shutil.rmtree(folder_of(job.target), ignore_errors=True)
