# SPDX-License-Identifier: Apache-2.0
"""`evenlight review`: a page on which a person decides about single repairs."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click
from rich.console import Console

from ..io.files import check_folder
from ..repairs.entry import Verdict
from ..review import Review, serve, write_page


def _review(
    repairs: str, source: str, page: str | None, port: int, opened: bool, overwrite: bool
) -> None:
    """Look at single repairs: accept, reject, grow, add.

    REPAIRS is a file that --list has written of IN. The page is served to this machine alone, and
    every decision goes into REPAIRS at once; end it with Done or Ctrl-C. With --page it is a file
    that any browser opens, and that saves the decisions as a new file.
    """
    path = Path(repairs)
    check_folder(path)
    review = Review(path, Path(source))
    try:
        if page is not None:
            console = Console(stderr=True)
            with console.status("rendering what was repaired") as status:
                sentence = write_page(
                    review,
                    Path(page),
                    overwrite=overwrite,
                    told=lambda done, total: status.update(f"picture {done + 1} of {total}"),
                )
            click.echo(f"{page}: {sentence}")
            return

        def told(address: str) -> None:
            click.echo(
                f"{address}\nDecisions go into {path}; end with Done on the page, or Ctrl-C."
            )
            if opened:
                webbrowser.open(address)

        serve(review, told, port)
        click.echo(f"{path}: {_decided(review)}")
    finally:
        review.close()


def _decided(review: Review) -> str:
    """A sentence on the decisions."""
    verdicts = [card.entry.verdict for card in review.cards]
    accepted, rejected = verdicts.count(Verdict.ACCEPT), verdicts.count(Verdict.REJECT)
    return (
        f"{accepted} accepted, {rejected} rejected, {len(verdicts) - accepted - rejected} undecided"
    )


review_command = click.Command(
    "review",
    callback=_review,
    params=[
        click.Argument(["repairs"], metavar="REPAIRS"),
        click.Argument(["source"], metavar="IN"),
        click.Option(["--page"], metavar="FILE.html", help="Write the page to a file."),
        click.Option(
            ["--port"],
            type=click.IntRange(0, 65535),
            default=0,
            help="Port of the page at 127.0.0.1.  [default: a free one]",
        ),
        click.Option(
            ["--open/--no-open", "opened"], default=True, help="Whether a browser is opened."
        ),
        click.Option(["--overwrite"], is_flag=True, help="Replace what is at the page's name."),
    ],
    help=_review.__doc__,
    short_help="Decide about single repairs on a page.",
)
