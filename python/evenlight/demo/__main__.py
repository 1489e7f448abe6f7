# SPDX-License-Identifier: Apache-2.0
"""`python -m evenlight.demo [CLIP]`: a flickering clip before and after, with pictures."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from ..errors import EvenlightError
from ..frames import Array
from ..io import Reader, VideoOptions, create_clip, open_clip
from ..io.video_reader import VideoReader
from ..views.display import shown
from .made import MadeClip, make
from .pictures import graph, save, strip
from .render import through_plugin
from .summary import judge, summarise
from .watch import Watch, curve

_LOOK_AROUND = 128
_QUALITY = 12
_GRAPH = (960, 320)


@click.command(help="Render a clip through the built plug-in and show what it did.")
@click.argument("clip", required=False, metavar="[CLIP]")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True,
    help="The folder for the results.",
)  # fmt: skip
@click.option("--pictures-only", is_flag=True, help="Write the pictures, small, and no videos.")
def main(clip: str | None, out: Path, pictures_only: bool) -> None:
    """Make or open the clip, render it, write and tell."""
    console = Console()
    try:
        with ExitStack() as stack:
            truth, source = _open(clip)
            stack.callback(source.close)
            _run(source, truth, out, console, stack, pictures_only=pictures_only)
    except (EvenlightError, OSError) as error:
        Console(stderr=True).print(f"error: {error}", markup=False, highlight=False)
        sys.exit(1)


def _open(clip: str | None) -> tuple[Array | None, Reader]:
    """The true clip (T, H, W, 3) where it is known, and the clip to be corrected."""
    if clip is not None:
        return None, open_clip(clip, look_around=_LOOK_AROUND)
    truth, flickering = make()
    return truth, MadeClip(flickering)


def _run(
    source: Reader,
    truth: Array | None,
    out: Path,
    console: Console,
    stack: ExitStack,
    *,
    pictures_only: bool,
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    numbers = range(source.first, source.last + 1)
    height, width, _ = source.shape
    console.print(f"{len(numbers)} frames of {width} x {height} through the plug-in", markup=False)
    as_it_is = isinstance(source, VideoReader | MadeClip)
    described = source if as_it_is else _preview(source)
    written = [] if pictures_only else [out / "before.mp4", out / "after.mp4"]
    writers = [
        create_clip(
            path,
            described,
            numbers,
            overwrite=True,
            video=VideoOptions(codec="h264", quality=_QUALITY),
        )
        for path in written
    ]
    for writer in writers:
        stack.callback(writer.discard)
    watch, rendered = Watch(source), []
    steps = track(through_plugin(source), "rendering", len(numbers), transient=True)
    for number, before, after, seconds in steps:
        watch.note(before, after, seconds)
        if truth is not None:
            rendered.append(after)
        for writer, pixels in zip(writers, (before, after), strict=False):
            writer.write(number, pixels if as_it_is else shown(pixels, source.encoding))
    for writer in writers:
        writer.finish()
    ending = ".jpg" if pictures_only else ".png"
    wanted = None if truth is None else curve(truth)
    written.append(save(strip(*watch.frames), out / f"before-after{ending}"))
    written.append(save(graph(*watch.curves, wanted, _GRAPH), out / "flicker-graph.png"))
    judged = None
    if truth is not None and isinstance(source, MadeClip):
        judged = judge(source.frames, np.stack(rendered), truth)
    summarise(console, watch, source, judged, written)


def _preview(source: Reader) -> MadeClip:
    """A clip of black frames in the shape of `source`, for an encoder of display pixels."""
    length, (height, width, _) = source.last - source.first + 1, source.shape
    blank = np.broadcast_to(np.uint8(0), (length, height, width, 3))
    return MadeClip(blank, source.path, source.first)


if __name__ == "__main__":
    main()
