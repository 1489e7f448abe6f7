# SPDX-License-Identifier: Apache-2.0
"""`evenlight report`, and the option --report: a page that shows what was done to a clip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from .. import __version__
from ..batch import RenderJob
from ..io import Reader, open_clip
from ..io.files import check_folder, refuse_existing
from ..presets import data_of
from ..report import collect, write_page
from ..report.rendered import Seen


def page_option() -> click.Option:
    """A page on what a render has done."""
    return click.Option(
        ["--report", "page"], metavar="FILE.html", help="Write a page that shows what was done."
    )


def check_page(path: Path, *, overwrite: bool) -> None:
    """Raise MediaError where a page cannot be written, before hours are spent."""
    if not overwrite:
        refuse_existing(path)
    check_folder(path)


def page_of_job(job: RenderJob, path: Path, notices: Mapping[int, str], seen: Seen) -> None:
    """Write the page of a job that is done.

    Of what was seen while it ran where that is all; frames that were kept are looked at anew.
    """
    facts = {"Evenlight": __version__, "settings": json.dumps(data_of(job.graph))}
    before, after = job.open_source(), open_clip(job.target, look_around=1)
    try:
        numbers, title = job.numbers(before), _title(before, after)
        if seen.holds(numbers):
            summary = seen.summary(before, after, title, numbers, notices, facts)
        else:
            summary = collect(before, after, title, numbers, notices, facts)
    finally:
        before.close()
        after.close()
    write_page(summary, path, overwrite=job.overwrite)


def _title(before: Reader, after: Reader) -> str:
    return f"{before.path.name} and {after.path.name}"


def _report(before: str, after: str, target: str | None, overwrite: bool) -> None:
    """Write a page that shows what AFTER does to BEFORE: figures, curves, frames, repairs.

    The page is one HTML file, which opens in any browser and loads nothing.
    """
    path = Path(target) if target else Path(after).with_suffix(".html")
    check_page(path, overwrite=overwrite)
    clips = open_clip(before, look_around=1), open_clip(after, look_around=1)
    try:
        summary = collect(*clips, _title(*clips), facts={"Evenlight": __version__})
    finally:
        for clip in clips:
            clip.close()
    write_page(summary, path, overwrite=overwrite)
    click.echo(f"{path}: {summary.sentence}")


page_command = click.Command(
    "report",
    callback=_report,
    params=[
        click.Argument(["before"], metavar="BEFORE"),
        click.Argument(["after"], metavar="AFTER"),
        click.Option(
            ["-o", "--out", "target"],
            metavar="FILE.html",
            help="The page.  [default: AFTER's name]",
        ),
        click.Option(["--overwrite"], is_flag=True, help="Replace what is at the page's name."),
    ],
    help=_report.__doc__,
    short_help="Show on a page what was done to a clip.",
)
