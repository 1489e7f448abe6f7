# SPDX-License-Identifier: Apache-2.0
"""`evenlight auto`: looks at a clip, says what suits it, and repairs it where OUT is named."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from ..auto.sight import Sight, look, runs_of
from ..auto.suit import Advice, advise
from ..auto.verdict import Verdict, verdict
from ..batch import RenderJob, Stop
from ..batch.chain import Server
from ..batch.job import open_clips
from ..effects import Resources
from ..errors import FrameError
from ..frames import Outcome
from ..graph import Graph, Stage, effect_named
from ..panel import Source
from ..presets import save_preset
from .compare_option import compare_option
from .options import (
    clip_options,
    image_options,
    job_of,
    run_options,
    video_options,
)
from .page_command import page_option
from .report import REPORTS
from .running import Beside, run_job, stop_of


def _auto(source: str, target: str | None, effect: str, save: str | None, **choices: Any) -> None:
    """Look at a clip, say what it suffers from and what suits it.

    With OUT it is repaired so; with --save the settings are kept as a preset.
    """
    names = "output", "dry_run", "page", "compare"
    output, dry_run, page, compare = (choices.pop(name) for name in names)
    chosen, stop = effect_named(effect), stop_of(click.get_current_context())
    job = job_of(source, target or source, Graph((Stage.default(chosen),)), **choices)
    found = _found(job, output, stop)
    advice = advise(found, chosen)
    _tell(advice, found, output)
    graph = Graph((advice.applied(Stage.default(chosen)),))
    if save is not None:
        save_preset(graph, Path(save), overwrite=job.overwrite)
    if target is not None:
        job = job_of(source, target, graph, **choices)
        run_job(job, chosen.label, output, dry_run=dry_run, beside=Beside(page, compare))


def _found(job: RenderJob, output: str, stop: Stop) -> Verdict:
    resources, sights = Resources(), list[Sight]()
    with open_clips(job) as (clip, _), stop.listening():
        numbers = job.numbers(clip)
        runs = runs_of(numbers)
        with closing(REPORTS[output]("Look", len(runs))) as told:
            for run in runs:
                stop.check()
                server = Source(Server(clip, None, stop))
                sight = look(server, run.start, len(run), clip.encoding, resources)
                sights += [sight] if sight is not None else []
                told.frame(run.start, Outcome())
    if not sights:
        raise FrameError(f"Auto saw no frame of {job.source}; see whether it plays")
    return verdict(sights)


def _tell(advice: Advice, found: Verdict, output: str) -> None:
    if output == "json":
        told = {"kinds": found.kinds, "sentence": advice.sentence, "values": dict(advice.values)}
        click.echo(json.dumps({"event": "auto"} | told))
        return
    click.echo(advice.sentence)
    for name, value in advice.values.items():
        text = f"{value:g}" if isinstance(value, float) else value
        click.echo(f"    {name} = {text}")


auto_command = click.Command(
    "auto",
    callback=_auto,
    params=[
        click.Argument(["source"], metavar="IN"),
        click.Argument(["target"], metavar="[OUT]", required=False),
        click.Option(
            ["--effect"], default="restore", show_default=True, help="The effect that is set."
        ),
        click.Option(["--save"], metavar="FILE", help="Keep the settings as a preset, too."),
        *clip_options(),
        *video_options(),
        *image_options(),
        *run_options(),
        page_option(),
        compare_option(),
    ],
    help=_auto.__doc__,
    short_help="Look at a clip, say what suits it, and do it.",
)
