# SPDX-License-Identifier: Apache-2.0
"""A job from begin to end: checked, rendered, put together."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ..errors import BusyError, EvenlightError, MediaError
from ..frames import Outcome
from ..interlaced import FieldChoice, Fields
from ..io import Reader, check_target, create_clip, is_images
from ..io.files import check_folder, refuse_existing, writing
from ..io.parts import Parts, folder_of
from ..io.video_writer import VideoWriter, notices_of, plan_of
from .behind import Behind
from .chain import Chain, check_analyses, check_repairs
from .job import Listener, RenderJob, fields_of, open_clips
from .marks import is_marked
from .pool import Pool
from .record import agree, description, forget, video_options
from .stop import Stop
from .tries import Tries
from .work import ChunkRenderer, share_cores


def render(job: RenderJob, listener: Listener, stop: Stop | None = None) -> None:
    """Render the job's frames: nothing stands under the target's name that is not whole.

    Raises ParamError for what is asked wrongly, BusyError and ModelError for what may work later,
    Aborted where `stop` is set, and EvenlightError for the rest; what was finished stays, and
    `resume` takes it up.
    """
    stop = stop or Stop()
    with open_clips(job) as (source, mask):
        numbers = job.numbers(source)
        check_target(job.target, source, numbers, job.video, mask)
        _begin(job, source, numbers, listener)
        with stop.listening():
            if is_images(job.target) or job.in_parts:
                _in_chunks(job, source, mask, numbers, listener, stop)
            else:
                chain = Chain(job.graph, source, mask, stop, job.order(source), measured=True)
                _at_once(job, source, chain, numbers, listener, stop)


def look(job: RenderJob, listener: Listener, stop: Stop | None = None) -> None:
    """Render the job's frames and write none, for what the listener hears of them.

    Raises as `render`.
    """
    stop = stop or Stop()
    with open_clips(job) as (source, mask):
        numbers = job.numbers(source)
        _begin(job, source, numbers, listener)
        chain = Chain(job.graph, source, mask, stop, job.order(source), measured=True)
        with stop.listening():
            for number in numbers:
                stop.check()
                listener.frame(number, chain.render(number)[1])


def _begin(job: RenderJob, source: Reader, numbers: range, listener: Listener) -> None:
    """See to it that all serves that the effects are told to use."""
    if job.threads is not None:
        share_cores(job.threads_each)
    check_analyses(job.graph, source, numbers, job.order(source))
    check_repairs(job.graph, source, job.order(source))
    for notice in (*source.notices, *_of_fields(job, source)):
        listener.notice(notice)


def _of_fields(job: RenderJob, source: Reader) -> tuple[str, ...]:
    """Notice of what is done about fields, where the file has them and no order is told."""
    if fields_of(source) is Fields.NONE or job.fields not in (FieldChoice.AUTO, FieldChoice.OFF):
        return ()
    treated = "each field is corrected as a frame in time"
    if job.fields is FieldChoice.OFF:
        treated = "both fields of a frame are corrected as one picture"
    return (f"{source.path} is interlaced; {treated}",)


def assemble(job: RenderJob, listener: Listener, stop: Stop | None = None) -> None:
    """Put a video together of parts that were rendered with `part`, and remove them.

    The job's graph and options of the video are those that the parts were made with. Raises
    MediaError where frames are missing or the source is another, Aborted where `stop` is set.
    """
    stop = stop or Stop()
    with open_clips(job) as (source, _):
        numbers = job.numbers(source)
        job = replace(job, video=video_options(job, source))
        with stop.listening():
            _put_together(job, source, numbers, listener, listener.frame, stop)


def _at_once(
    job: RenderJob,
    source: Reader,
    chain: Chain,
    numbers: range,
    listener: Listener,
    stop: Stop,
) -> None:
    writer = create_clip(job.target, source, numbers, overwrite=job.overwrite, video=job.video)
    try:
        for notice in writer.notices:
            listener.notice(notice)
        with Behind(1) as behind:
            for number in numbers:
                stop.check()
                pixels, outcome = chain.render(number)
                behind.write(
                    partial(writer.write, number, pixels), partial(listener.frame, number, outcome)
                )
            behind.finish()
        writer.finish()
    finally:
        writer.discard()


def _in_chunks(
    job: RenderJob,
    source: Reader,
    mask: Reader | None,
    numbers: range,
    listener: Listener,
    stop: Stop,
) -> None:
    _prepare(job, source, numbers, listener)
    agree(job, description(job, source, mask), numbers)
    tries = Tries(listener, job.retries, numbers, stop)
    chunks = job.chunks(numbers)
    try:
        if job.jobs > 1 and len(chunks) > 1:
            Pool(job, source.fingerprint, stop).run(chunks, tries)
        else:
            _one_by_one(ChunkRenderer(job, source, mask, stop), chunks, tries)
    finally:
        forget(job)
    tries.raise_failures()
    if job.in_parts and not job.part:
        _put_together(job, source, numbers, listener, lambda _number, _outcome: None, stop)


def _one_by_one(renderer: ChunkRenderer, chunks: Sequence[range], tries: Tries) -> None:
    for chunk in chunks:
        while True:
            try:
                renderer.render(chunk, tries.frame)
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
    for notice in notices_of(plan_of(job.target, source, numbers, job.video), source):
        listener.notice(notice, key=notice)
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
    told: Callable[[int, Outcome], None],
    stop: Stop,
) -> None:
    parts = Parts(job.target, is_marked)
    gaps = parts.missing(numbers)
    if gaps:
        runs = ", ".join(f"{gap[0]}-{gap[-1]}" for gap in gaps[:8])
        raise MediaError(
            f"frames {runs} of {job.target} are in no part ({len(gaps)} gaps); render them with "
            "--part, then put the parts together"
        )
    if any(is_marked(part) for part, _ in parts.chosen(numbers)):
        listener.notice("a network could not run for some of the parts; they are a fall back's")
    writer = create_clip(job.target, source, numbers, overwrite=job.overwrite, video=job.video)
    assert isinstance(writer, VideoWriter), "only videos have parts"
    try:
        for notice in writer.notices:
            listener.notice(notice, key=notice)
        for number in parts.put_together(writer, numbers):
            told(number, Outcome())
            stop.check()
        writer.finish()
    finally:
        writer.discard()
    shutil.rmtree(folder_of(job.target), ignore_errors=True)
