# SPDX-License-Identifier: Apache-2.0
"""Jobs of a farm: steps of commands, some of them once for each chunk of frames.

The words of a command hold fields in braces, which an engine's adapter fills in:

    {evenlight}        the command as the nodes know it
    {source}, {target}, {mask}   clips, which a farm may map to other folders
    {analysis}         the source's analysis, mapped likewise
    {repairs}          the repairs file that the effects follow, mapped likewise
    {preset}           a file with the effects and their values
    {first}, {last}    frames of the chunk
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..analysis.file import SUFFIX
from ..batch import RenderJob
from ..batch.job import CHUNK, split
from ..errors import ParamError
from ..graph import Graph
from ..interlaced import FieldChoice
from ..io import Damaged, is_images, is_sequence
from ..io.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Step:
    """Commands that can run at the same time on as many machines as there are."""

    name: str
    command: tuple[str, ...]
    #: Frames of each command; empty where the command runs once.
    chunks: tuple[range, ...] = ()
    #: Names of the steps that must be done before.
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FarmJob:
    """Steps over one clip."""

    name: str
    source: Path
    target: Path
    mask: Path | None
    #: The effects; None where the commands need no preset.
    graph: Graph | None
    steps: tuple[Step, ...]
    #: Of the source; None where none is made.
    analysis: Path | None = None
    #: What was decided about single blotches; None where nothing was.
    repairs: Path | None = None


def plan(job: RenderJob, numbers: range, name: str, *, analysed: range | None = None) -> FarmJob:
    """Render `numbers` in chunks, then check the images or put the video together.

    Chunks end at the cuts that the graph marks. With `analysed`, the frames that the first effect
    puts out (`Graph.begun_with`), these are analysed before in chunks of their own. Raises
    ParamError where that effect takes no analysis, and where effects follow several repairs files.
    """
    size = job.chunk or CHUNK
    repairs = _repairs(job)
    if repairs is not None:
        job = replace(job, graph=job.graph.with_repairs(""))
    before: tuple[Step, ...] = ()
    if analysed is not None:
        job = replace(job, graph=job.graph.with_analysis("", offset=0))
        before = _analysis(job, split(analysed, size, job.graph.cuts(analysed)))
    render = (
        "{evenlight}", "render", "{source}", "--out", "{target}", "--preset", "{preset}",
        "--frames", "{first}-{last}", "--progress", "openjd",
        "--resume" if is_images(job.target) else "--part",
        *_reading(job), *_fields(job),
        *(("--mask", "{mask}") if job.mask else ()),
        *(("--analysis", "{analysis}") if before else ()),
        *(("--repairs", "{repairs}") if repairs else ()),
        *_writing(job),
        *_threads(job),
        "--retries", str(job.retries),
    )  # fmt: skip
    chunks = split(numbers, size, job.graph.cuts(numbers))
    steps = (*before, Step("Render", render, chunks, needs=tuple(s.name for s in before[-1:])))
    frames = f"{numbers[0]}-{numbers[-1]}"
    if is_images(job.target):
        last = Step("Check", _check(frames), needs=("Render",))
    else:
        assemble = ("{evenlight}", "assemble", "{source}", "--out", "{target}")
        last = Step(
            "Assemble",
            (*assemble, "--frames", frames, "--progress", "openjd", *_reading(job)),
            needs=("Render",),
        )
    analysis = analysis_of(job.target) if before else None
    all_steps = (*steps, last)
    return FarmJob(name, job.source, job.target, job.mask, job.graph, all_steps, analysis, repairs)


def _repairs(job: RenderJob) -> Path | None:
    """The repairs file that the effects follow; raises ParamError where they are several."""
    named = set(job.graph.repairs)
    if len(named) > 1:
        raise ParamError(f"a job follows one repairs file, and here are {len(named)}")
    return Path(named.pop()) if named else None


def analysis_of(target: Path) -> Path:
    """Path of the analysis for a target: beside it, under its name."""
    name = target.name
    if is_images(target):
        pattern = Pattern.parse(target)
        name = f"{pattern.before.rstrip('._-')}{pattern.after}".lstrip(".")
    return target.with_name(name + SUFFIX)


def plan_natron(
    project: Path, writer: str, target: Path, numbers: range, chunk: int, name: str
) -> FarmJob:
    """Render a Natron project's writer, then check its images.

    NatronRenderer ends with 0 when frames fail, so that only the images tell.
    """
    render = Step(
        "Render",
        ("NatronRenderer", "-w", writer, "{first}-{last}", "{source}"),
        split(numbers, chunk),
    )
    check = Step("Check", _check(f"{numbers[0]}-{numbers[-1]}"), needs=("Render",))
    return FarmJob(name, project, target, None, None, (render, check))


def _analysis(job: RenderJob, chunks: tuple[range, ...]) -> tuple[Step, ...]:
    """Analyse each chunk, then merge; tried again, both replace what they wrote before."""
    analyse = (
        "{evenlight}", "analyse", "{source}", "--to", "{analysis}.{first}-{last}",
        "--preset", "{preset}", "--frames", "{first}-{last}", "--overwrite",
        "--progress", "openjd", *_reading(job), *_fields(job), *_threads(job),
    )  # fmt: skip
    merge = (
        "{evenlight}", "analyse", "--merge", "{analysis}.*", "--to", "{analysis}",
        "--frames", f"{chunks[0][0]}-{chunks[-1][-1]}", "--overwrite", "--progress", "openjd",
    )  # fmt: skip
    return Step("Analyse", analyse, chunks), Step("Merge", merge, needs=("Analyse",))


def _check(frames: str) -> tuple[str, ...]:
    return ("{evenlight}", "check", "{target}", "--frames", frames, "--progress", "openjd")


def _reading(job: RenderJob) -> tuple[str, ...]:
    if not is_sequence(job.source):
        return () if job.damaged is Damaged.ERROR else ("--damaged", str(job.damaged))
    return ("--missing", str(job.missing), *(("--layer", job.layer) if job.layer else ()))


def _fields(job: RenderJob) -> tuple[str, ...]:
    return () if job.fields is FieldChoice.AUTO else ("--fields", str(job.fields))


def _threads(job: RenderJob) -> tuple[str, ...]:
    return ("--threads", str(job.threads)) if job.threads else ()


def _writing(job: RenderJob) -> tuple[str, ...]:
    if is_images(job.target):
        return () if job.compression is None else ("--compression", str(job.compression))
    codec = ("--codec", job.video.codec) if job.video.codec else ()
    rate = ("--rate", f"{job.video.rate:g}") if job.video.rate is not None else ()
    return (*codec, "--quality", str(job.video.quality), *rate)
