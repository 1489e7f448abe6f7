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


def page_of_job(job: RenderJob, path: Path, notices: Mapping[int, str]) -> str:
    """Write the page of a job that is done; gives the sentence on what changed."""
    facts = {"Evenlight": __version__, "settings": json.dumps(data_of(job.graph))}
    before, after = job.open_source(), open_clip(job.target, look_around=1)
    return _page(before, after, path, facts, job.numbers(before), notices, job.overwrite)


def _page(
    before: Reader,
    after: Reader,
    path: Path,
    facts: Mapping[str, str],
    numbers: range | None,
    notices: Mapping[int, str],
    overwrite: bool,
) -> str:
    try:
        title = f"{before.path.name} and {after.path.name}"
        summary = collect(before, after, title, numbers, notices, facts)
    finally:
        before.close()
        after.close()
    write_page(summary, path, overwrite=overwrite)
    return summary.sentence


def _report(before: str, after: str, target: str | None, overwrite: bool) -> None:
    """Write a page that shows what AFTER does to BEFORE: figures, curves, frames, repairs.

    The page is one HTML file, which opens in any browser and loads nothing.
    """
    path = Path(target) if target else Path(after).with_suffix(".html")
    clips = open_clip(before, look_around=1), open_clip(after, look_around=1)
    sentence = _page(*clips, path, {"Evenlight": __version__}, None, {}, overwrite)
    click.echo(f"{path}: {sentence}")


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
