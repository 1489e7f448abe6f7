# SPDX-License-Identifier: Apache-2.0
"""`evenlight render` and `assemble`: any effect or chain of them, in chunks if wished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..batch import RenderJob, assemble
from ..errors import ParamError
from ..graph import Graph
from ..io import Damaged, Missing, is_images
from ..masking import with_mask
from ..shelf import shelf_of
from .compare_option import compare_option
from .frame_range import FrameRange
from .options import (
    clip_options,
    damaged_option,
    image_options,
    job_of,
    layer_option,
    report_option,
    run_options,
    video_options,
)
from .page_command import page_option
from .running import Beside, run_job


def graph_options() -> list[click.Parameter]:
    """Which effects, and with what values."""
    return [
        click.Option(
            ["--graph"], metavar="NAMES", help="Effects in their order, as in deflicker,deblotch."
        ),
        click.Option(
            ["--preset"],
            metavar="NAME",
            help="Effects and values: a preset of `evenlight preset list`, or a file.",
        ),
        click.Option(
            ["--set", "settings"],
            multiple=True,
            metavar="NAME=VALUE",
            help="A value or keyframes: deflicker.strength=0:0.2,100:1; without an effect's name "
            "for every effect that has the parameter. May be given often.",
        ),
    ]


def chosen_graph(
    graph: str | None, preset: str | None, settings: tuple[str, ...], mask: str | None
) -> Graph:
    """The chain that the options name; raises ParamError where they do not name one."""
    if (graph is None) == (preset is None):
        raise ParamError("name the effects with --graph deflicker,deblotch or with --preset NAME")
    chain = shelf_of().graph(preset) if preset else Graph.of(graph or "")
    chain = chain.with_settings(settings)
    chosen = {text.partition("=")[0].rpartition(".")[2] for text in settings}
    return Graph(tuple(with_mask(stage, chosen, is_given=bool(mask)) for stage in chain.stages))


def target_option() -> click.Option:
    """Where the result goes."""
    return click.Option(["-o", "--out", "target"], metavar="OUT", required=True)


def _render(source: str, target: str, **choices: Any) -> None:
    """Render a clip through one effect or several.

    IN and OUT are videos, or numbered images such as name.####.exr. A chunk of a farm is
    --frames A-B with --resume, and of a video with --part.
    """
    names = "output", "dry_run", "page", "compare"
    output, dry_run, page, compare = (choices.pop(name) for name in names)
    named = {key: choices.pop(key) for key in ("graph", "preset", "settings")}
    graph = chosen_graph(**named, mask=choices["mask_clip"])
    analysis = choices.pop("analysis")
    if analysis is not None:
        graph = graph.with_analysis(analysis)
    repairs = choices.pop("repairs")
    if repairs is not None:
        graph = graph.with_repairs(repairs)
    if choices["part"] and (page or compare):
        raise ParamError(
            "a part has no report and no comparison; ask for them where the whole is rendered"
        )
    if choices["part"] and is_images(Path(target)):
        raise ParamError("--part is for videos; images need no assembling")
    job = job_of(source, target, graph, **choices)
    label = " + ".join(stage.effect.label for stage in graph.stages)
    run_job(job, label, output, dry_run=dry_run, beside=Beside(page, compare))


render = click.Command(
    "render",
    callback=_render,
    params=[
        click.Argument(["source"], metavar="IN"),
        target_option(),
        *graph_options(),
        click.Option(
            ["--analysis"],
            metavar="FILE",
            help="IN's analysis, for the first effect: it reads no neighbours for its light.",
        ),
        click.Option(
            ["--repairs"],
            metavar="FILE",
            help="What `evenlight review` decided, for the effects that repair blotches.",
        ),
        *clip_options(),
        click.Option(["--part"], is_flag=True, help="Of a video: only its part with --frames."),
        *video_options(),
        *image_options(),
        *run_options(),
        page_option(),
        compare_option(),
    ],
    help=_render.__doc__,
    short_help="Render a clip through one effect or several.",
)


def _assemble(
    source: str,
    target: str,
    frames: range | None,
    missing: str,
    damaged: str,
    layer: str,
    overwrite: bool,
    output: str,
) -> None:
    """Put a video together of the parts that `render --part` made.

    IN is what they were made of: its sound, timestamps and metadata go into OUT.
    """
    job = RenderJob(
        Path(source),
        Path(target),
        Graph(()),
        missing=Missing(missing),
        damaged=Damaged(damaged),
        layer=layer,
        frames=frames,
        overwrite=overwrite,
    )
    run_job(job, "Assembling", output, assemble)


assemble_command = click.Command(
    "assemble",
    callback=_assemble,
    params=[
        click.Argument(["source"], metavar="IN"),
        target_option(),
        click.Option(["--frames"], type=FrameRange(), help="Frames of the whole.  [default: all]"),
        click.Option(
            ["--missing"],
            type=click.Choice([str(choice) for choice in Missing]),
            default="error",
            show_default=True,
            help="What stood in for missing images.",
        ),
        damaged_option(),
        layer_option(),
        click.Option(["--overwrite"], is_flag=True, help="Replace what is at OUT."),
        report_option(),
    ],
    help=_assemble.__doc__,
    short_help="Put a video together of its parts.",
)
