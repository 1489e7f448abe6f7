# SPDX-License-Identifier: Apache-2.0
"""`evenlight submit` writes a farm's job, `evenlight check` looks at what the farm made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..batch.chain import check_repairs
from ..batch.job import CHUNK
from ..batch.marks import is_marked
from ..errors import MediaError, ParamError
from ..farm import FarmJob, plan, plan_natron
from ..farm.opencue import specification
from ..farm.openjd import template
from ..frames import Outcome
from ..io import check_target, is_images
from ..io.files import create, refuse_existing, writing
from ..io.image import read_whole
from ..io.pattern import Pattern
from ..plain_data import to_yaml
from ..presets import save_preset
from .frame_range import FrameRange
from .options import (
    clip_options,
    image_options,
    job_of,
    report_option,
    run_options,
    video_options,
)
from .render_command import chosen_graph, graph_options, target_option
from .report import REPORTS

_NATRON = ".ntp"


def _submit(
    source: str,
    target: str,
    openjd: str | None,
    opencue: str | None,
    name: str | None,
    writer: str,
    command: str,
    **choices: Any,
) -> None:
    """Write a job for a render farm: the chunks of a clip, and what is done once they are there.

    The job runs `evenlight render IN --out OUT` with the effects and values given here. An IN that
    is a Natron project is rendered by NatronRenderer.
    """
    if (openjd is None) == (opencue is None):
        raise ParamError("say what to write: --openjd FILE.yaml or --opencue FILE.xml")
    name = name or f"Evenlight {Path(source).name}"
    if Path(source).suffix.lower() == _NATRON:
        job = _natron_job(source, target, writer, name, choices)
    else:
        job = _job(source, target, name, choices)
    overwrite = choices["overwrite"]
    if job.analysis is not None and not overwrite:
        refuse_existing(job.analysis)  # which the job replaces, as it may run twice
    if openjd is not None:
        told = _write_openjd(job, command, Path(openjd), overwrite=overwrite)
    elif opencue is not None:
        path = Path(opencue)
        preset = path.with_suffix(".preset.json")
        _write(path, specification(job, command, preset), overwrite=overwrite)
        if job.graph is not None:
            save_preset(job.graph, preset, overwrite=overwrite)
        told = "a Cuebot takes it by opencue.api.launchSpec"
    n_commands = sum(len(step.chunks) or 1 for step in job.steps)
    click.echo(f"{openjd or opencue}: {len(job.steps)} steps, {n_commands} commands; {told}")


def _write_openjd(job: FarmJob, command: str, path: Path, *, overwrite: bool) -> str:
    """Write the template, and beside it the values it cannot hold; gives how to try it."""
    found, values = template(job, command, path.parent)
    _write(path, to_yaml(found), overwrite=overwrite)
    told = f"try it with: openjd run {path} --step {job.steps[-1].name} --run-dependencies"
    if values:
        beside = path.with_suffix(".values.json")
        _write(beside, json.dumps(values, indent=1) + "\n", overwrite=overwrite)
        told += f" -p file://{beside}"
    return told


def _job(source: str, target: str, name: str, choices: dict[str, Any]) -> FarmJob:
    named = {key: choices.pop(key) for key in ("graph", "preset", "settings")}
    analyse = choices.pop("analyse")
    graph = chosen_graph(**named, mask=choices["mask_clip"])
    job = job_of(source, target, graph, **choices)
    reader = job.open_source()
    try:
        numbers, whole = job.numbers(reader), range(reader.first, reader.last + 1)
        check_target(job.target, reader, numbers, job.video)
        check_repairs(job.graph, reader, job.order(reader))
        analysed = job.graph.begun_with(numbers, whole) if analyse else None
        return plan(job, numbers, name, analysed=analysed)
    finally:
        reader.close()


def _natron_job(
    source: str, target: str, writer: str, name: str, choices: dict[str, Any]
) -> FarmJob:
    if choices["frames"] is None:
        raise ParamError("a Natron project does not tell its frames; give --frames A-B")
    if choices["analyse"]:
        raise ParamError("a Natron project is not analysed; leave --analyse out")
    if not is_images(Path(target)):
        raise ParamError("NatronRenderer writes chunks as images; name OUT as in out.####.exr")
    chunk = choices["chunk"] or CHUNK
    return plan_natron(Path(source), writer, Path(target), choices["frames"], chunk, name)


def _write(path: Path, text: str, *, overwrite: bool) -> None:
    if not overwrite:
        refuse_existing(path)
    partial = path.with_name(f".{path.name}.part")
    with writing(path):
        partial.unlink(missing_ok=True)
        create(partial, text)
        partial.replace(path)


#: What a farm's job settles by itself.
_NOT_ASKED = ("dry_run", "resume", "jobs", "output")

submit = click.Command(
    "submit",
    callback=lambda **choices: _submit(**{"resume": False, "jobs": 1, **choices}),
    params=[
        click.Argument(["source"], metavar="IN"),
        target_option(),
        click.Option(["--openjd"], metavar="FILE", help="Write an Open Job Description template."),
        click.Option(["--opencue"], metavar="FILE", help="Write a job of OpenCue."),
        click.Option(["--name"], help="The job's name.  [default: IN's]"),
        click.Option(
            ["--command"],
            default="evenlight",
            show_default=True,
            help="Evenlight's command line as the nodes know it.",
        ),
        click.Option(
            ["--writer"],
            default="Write1",
            show_default=True,
            help="Of a Natron project: the node that writes.",
        ),
        *graph_options(),
        click.Option(
            ["--analyse"],
            is_flag=True,
            help="Analyse IN before, so that no chunk reads neighbours for the first effect's "
            "light; the analysis goes beside OUT.",
        ),
        *clip_options(),
        *video_options(),
        *image_options(),
        *(option for option in run_options() if option.name not in _NOT_ASKED),
    ],
    help=_submit.__doc__,
    short_help="Write a job for a render farm.",
)


def _check(target: str, frames: range, output: str) -> None:
    """See whether the images of a sequence are there and whole."""
    pattern = Pattern.parse(Path(target))
    report = REPORTS[output]("Checking", len(frames))
    bad: list[int] = []
    try:
        for number in frames:
            try:
                read_whole(pattern.file(number))
            except MediaError as error:
                bad.append(number)
                report.notice(str(error))
            report.frame(number, Outcome())
        marked = [number for number in frames if is_marked(pattern.file(number))]
        if marked:
            report.notice(
                f"{len(marked)} of {len(frames)} frames of {target} are a fall back's or another "
                f"job's, the first is {marked[0]}; render with --resume makes them again"
            )
        if bad:
            raise MediaError(
                f"{len(bad)} of {len(frames)} frames of {target} are missing or damaged, the first "
                f"is {bad[0]}; render them again"
            )
        report.finish(target)
    finally:
        report.close()


check = click.Command(
    "check",
    callback=_check,
    params=[
        click.Argument(["target"], metavar="CLIP"),
        click.Option(["--frames"], type=FrameRange(), required=True, help="Frames to look at."),
        report_option(),
    ],
    help=_check.__doc__,
    short_help="See whether the images of a sequence are whole.",
)
