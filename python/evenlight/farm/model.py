# SPDX-License-Identifier: Apache-2.0
"""What a farm is to do: steps of commands, some of them once for each chunk of frames.

The words of a command hold fields in braces, which an engine's adapter fills in:

    {evenlight}        the command as the nodes know it
    {source}, {target}, {mask}   clips, which a farm may map to other folders
    {preset}           a file with the effects and their values
    {first}, {last}    frames of the chunk
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..batch import RenderJob
from ..batch.job import CHUNK, split
from ..graph import Graph
from ..io import is_images


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


def plan(job: RenderJob, numbers: range, name: str) -> FarmJob:
    """Render `numbers` in chunks, then check the images or put the video together.

    Chunks end at the cuts that the graph marks. What has to be done before rendering goes before
    these steps, and is named in the first one's `needs`.
    """
    size = job.chunk or CHUNK
    render = (
        "{evenlight}", "render", "{source}", "--out", "{target}", "--preset", "{preset}",
        "--frames", "{first}-{last}", "--progress", "openjd",
        "--resume" if is_images(job.target) else "--part",
        *_reading(job),
        *(("--mask", "{mask}") if job.mask else ()),
        *(_writing(job) if not is_images(job.target) else ()),
        *(("--threads", str(job.threads)) if job.threads else ()),
        "--retries", str(job.retries),
    )  # fmt: skip
    steps = (Step("Render", render, split(numbers, size, job.graph.cuts(numbers))),)
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
    return FarmJob(name, job.source, job.target, job.mask, job.graph, (*steps, last))


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


def _check(frames: str) -> tuple[str, ...]:
    return ("{evenlight}", "check", "{target}", "--frames", frames, "--progress", "openjd")


def _reading(job: RenderJob) -> tuple[str, ...]:
    return ("--missing", str(job.missing)) if is_images(job.source) else ()


def _writing(job: RenderJob) -> tuple[str, ...]:
    codec = ("--codec", job.video.codec) if job.video.codec else ()
    return (*codec, "--quality", str(job.video.quality), "--rate", f"{job.video.rate:g}")
