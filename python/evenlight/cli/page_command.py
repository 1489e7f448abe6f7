# SPDX-License-Identifier: Apache-2.0
"""`evenlight report`: a page that shows what was done to a clip."""

from __future__ import annotations

from pathlib import Path

import click

from .. import __version__
from ..io import open_clip
from ..report import collect, write_page


def _report(before: str, after: str, target: str | None, overwrite: bool) -> None:
    """Write a page that shows what AFTER does to BEFORE: figures, curves, frames, repairs.

    The page is one HTML file, which opens in any browser and loads nothing.
    """
    path = Path(target) if target else Path(after).with_suffix(".html")
    clips = open_clip(before, look_around=1), open_clip(after, look_around=1)
    try:
        title = f"{clips[0].path.name} and {clips[1].path.name}"
        summary = collect(*clips, title, facts={"Evenlight": __version__})
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
