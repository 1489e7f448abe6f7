# SPDX-License-Identifier: Apache-2.0
"""Options that every command which renders has, and the job that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..batch import RenderJob
from ..batch.job import CHUNK
from ..edits import read_cuts, shots_of
from ..errors import ParamError
from ..graph import Graph
from ..interlaced import FieldChoice
from ..io import Damaged, Missing, VideoOptions, open_clip
from .frame_range import FrameRange
from .report import REPORTS

_VIDEO = VideoOptions()


def clip_options() -> list[click.Parameter]:
    """Options of the source: frames, mask, missing images, fields and cuts."""
    return [
        click.Option(
            ["--frames"], type=FrameRange(), help="Frames to put out; neighbours are read."
        ),
        click.Option(
            ["--mask", "mask_clip"], metavar="CLIP", help="The Mask clip; used when given."
        ),
        click.Option(
            ["--missing"],
            type=click.Choice([str(choice) for choice in Missing]),
            default="error",
            show_default=True,
            help="What stands in for an image that is missing between others.",
        ),
        damaged_option(),
        layer_option(),
        click.Option(
            ["--fields"],
            type=click.Choice([str(choice) for choice in FieldChoice]),
            default="auto",
            show_default=True,
            help="Order of the fields where IN is interlaced; each is a frame in time then.",
        ),
        click.Option(
            ["--edit-list"],
            metavar="FILE",
            help="An EDL (CMX 3600) or an OpenTimelineIO file; its cuts end the shots of IN.",
        ),
        click.Option(
            ["--shot"], type=click.IntRange(1), help="Only this shot of the edit list, from 1."
        ),
        click.Option(
            ["--rate"],
            type=click.FloatRange(0.01, 1000),
            help="Frames per second where IN is images.  [default: as they say, or 24]",
        ),
    ]


def layer_option() -> click.Option:
    """Which layer of images is the picture."""
    return click.Option(
        ["--layer"],
        metavar="NAME",
        default="",
        help="Of images with layers: the one that is the picture; the others stay as they are.",
    )


def damaged_option() -> click.Option:
    """Stand-in for a frame of a video that cannot be decoded as it was coded."""
    return click.Option(
        ["--damaged"],
        type=click.Choice([str(choice) for choice in Damaged]),
        default="error",
        show_default=True,
        help="Stand-in for a damaged frame of a video: none, or the frame before it.",
    )


def video_options() -> list[click.Parameter]:
    """How a video is written."""
    return [
        click.Option(
            ["--codec"],
            help="Of a video: h264, hevc, av1, vp9, prores, dnxhd, ffv1, ...  [default: IN's]",
        ),
        click.Option(
            ["--quality"],
            type=int,
            default=_VIDEO.quality,
            show_default=True,
            help="Of a video: 0 loses nothing, 51 is smallest.",
        ),
    ]


def image_options() -> list[click.Parameter]:
    """How images are written."""
    return [
        click.Option(
            ["--compression"],
            type=click.IntRange(0, 9),
            help="Of images: 0 compresses nothing, 9 is smallest and slow; none loses anything.  "
            "[default: as IN of the same format, else as measured to be best]",
        ),
    ]


def run_options() -> list[click.Parameter]:
    """How the work is done, which changes no byte of the result."""
    return [
        click.Option(["--overwrite"], is_flag=True, help="Replace what is at OUT."),
        click.Option(
            ["--dry-run"],
            is_flag=True,
            help="Say what would be read, rendered, written, kept and lost, and do none of it.",
        ),
        click.Option(
            ["--resume"],
            is_flag=True,
            help="Keep frames of this very job that are there and whole, and render the others.",
        ),
        click.Option(
            ["--jobs"],
            type=click.IntRange(1, 256),
            default=1,
            show_default=True,
            help="Processes that share the frames and the cores.",
        ),
        click.Option(
            ["--chunk"],
            type=click.IntRange(1),
            help=f"Frames of a chunk; with several processes {CHUNK}.",
        ),
        click.Option(
            ["--threads"],
            type=click.IntRange(1, 256),
            help="Threads of each process.  [default: the cores, shared]",
        ),
        click.Option(
            ["--retries"],
            type=click.IntRange(0, 100),
            default=2,
            show_default=True,
            help="Times that a chunk is tried again when a file or a process fails.",
        ),
        report_option(),
    ]


def report_option() -> click.Option:
    """For whom progress is told."""
    return click.Option(
        ["--progress", "--output", "output"],
        type=click.Choice(list(REPORTS)),
        default="human",
        show_default=True,
        help="For people, as JSON lines, or as Open Job Description's schedulers read it.",
    )


def job_of(source: str, target: str, graph: Graph, **choices: Any) -> RenderJob:
    """The job that the options of a command ask for; raises ParamError where they disagree."""
    mask = choices["mask_clip"]
    if choices["resume"] and choices["overwrite"]:
        raise ParamError("--resume keeps what --overwrite replaces; give one of them")
    frames = choices["frames"]
    if choices["edit_list"] or choices["shot"]:
        graph, frames = _edited(Path(source), graph, choices)
    return RenderJob(
        source=Path(source),
        target=Path(target),
        graph=graph,
        mask=Path(mask) if mask else None,
        missing=Missing(choices["missing"]),
        damaged=Damaged(choices["damaged"]),
        layer=choices["layer"],
        fields=FieldChoice(choices["fields"]),
        video=VideoOptions(
            codec=choices["codec"], quality=choices["quality"], rate=choices["rate"]
        ),
        compression=choices["compression"],
        frames=frames,
        overwrite=choices["overwrite"],
        resume=choices["resume"],
        part=choices.get("part", False),
        chunk=choices["chunk"],
        jobs=choices["jobs"],
        threads=choices["threads"],
        retries=choices["retries"],
    )


def _edited(source: Path, graph: Graph, choices: dict[str, Any]) -> tuple[Graph, range | None]:
    """The graph with the edit list's cuts, and the frames of the shot that is asked for."""
    if not choices["edit_list"]:
        raise ParamError("--shot counts the shots of an edit list; name one with --edit-list")
    reader = open_clip(
        source,
        look_around=1,
        missing=Missing(choices["missing"]),
        damaged=Damaged(choices["damaged"]),
        layer=choices["layer"],
    )
    try:
        whole = range(reader.first, reader.last + 1)
        rate = VideoOptions(rate=choices["rate"]).rate_of(reader)
        cuts = read_cuts(choices["edit_list"], reader.first, rate)
    finally:
        reader.close()
    outside = [cut for cut in cuts if cut not in whole]
    if outside:
        raise ParamError(
            f"{choices['edit_list']} has a cut at frame {outside[0]}, and {source} ends with frame "
            f"{whole[-1]}; the list's record side must be this clip, and --rate its rate"
        )
    if choices["shot"] is None:
        return graph.with_cuts(cuts), choices["frames"]
    if choices["frames"] is not None:
        raise ParamError("--shot and --frames both say which frames; give one of them")
    shots = shots_of(whole, cuts)
    if choices["shot"] > len(shots):
        raise ParamError(f"shot is {choices['shot']}; the edit list has {len(shots)} shots")
    return graph.with_cuts(cuts), shots[choices["shot"] - 1]
