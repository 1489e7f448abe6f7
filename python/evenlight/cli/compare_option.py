# SPDX-License-Identifier: Apache-2.0
"""The option --compare: a video that holds the result against its source."""

from __future__ import annotations

from pathlib import Path

import click

from ..batch import RenderJob, Stop
from ..io import open_clip
from ..io.files import check_folder, refuse_existing, refuse_sources
from ..io.plain_video import check_ending
from ..report.comparison import Comparison, write_comparison


def compare_option() -> click.Option:
    """A way to compare, and the video that is written."""
    return click.Option(
        ["--compare"],
        nargs=2,
        type=(click.Choice([str(way) for way in Comparison]), str),
        metavar="side|wipe|diff FILE.mp4",
        help="Write a video, too: before and after side by side, parted by a line that wanders, or "
        "their difference, eight times as strong.",
    )


def check_comparison(job: RenderJob, path: Path) -> None:
    """Raise where the video cannot be written, before hours are spent.

    ParamError for its name, MediaError for its place.
    """
    check_ending(path)
    source = job.open_source()
    try:
        refuse_sources([path], source.sources)
    finally:
        source.close()
    if not job.overwrite:
        refuse_existing(path)
    check_folder(path)


def compare_job(job: RenderJob, way: str, path: Path, stop: Stop) -> None:
    """Write the video of a job that is done."""
    before, after = job.open_source(), open_clip(job.target, look_around=1)
    try:
        rate = job.video.rate_of(before)
        with stop.listening():
            write_comparison(
                before, after, Comparison(way), path, job.numbers(before), rate,
                lambda _number: stop.check(),
            )  # fmt: skip
    finally:
        before.close()
        after.close()
