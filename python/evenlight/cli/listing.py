# SPDX-License-Identifier: Apache-2.0
"""The option --list: a repairs file of what a run finds."""

from __future__ import annotations

from pathlib import Path

import click

from .. import __version__
from ..batch import RenderJob
from ..errors import ParamError
from ..frames import Outcome
from ..interlaced import Fields
from ..io import Reader
from ..io.files import Claim, check_folder, refuse_existing, writing
from ..presets import data_of
from ..repairs.text import Header, header_line, lines_of


def list_option() -> click.Option:
    """A file with the blotches that are found."""
    return click.Option(
        ["--list", "listing"],
        metavar="FILE.jsonl",
        help="Write the blotches that are found, for `evenlight review`; OUT can then be left out.",
    )


def check_listing(job: RenderJob, path: Path) -> None:
    """Raise where a list of what the job finds cannot be made, before hours are spent.

    ParamError for options that disagree, MediaError where it cannot be written.
    """
    if job.graph.repairs:
        raise ParamError("--list says what is found without decisions; leave --repairs out")
    if job.resume:
        raise ParamError("--list looks at every frame; leave --resume out")
    if not job.overwrite:
        refuse_existing(path)
    check_folder(path)
    source = job.open_source()
    try:
        if job.order(source) is not Fields.NONE:
            raise ParamError(
                f"{job.source} is interlaced, and lists are of whole frames; add --fields off"
            )
    finally:
        source.close()


class Lister:
    """The blotches of every frame of a run, as lines."""

    def __init__(self) -> None:
        """No frame was seen."""
        self._lines: dict[int, str] = {}

    def see(self, number: int, outcome: Outcome) -> None:
        """Keep what was found in a frame."""
        for listing in outcome.listings:
            self._lines[number] = "".join(lines_of(number, listing))

    def write(self, job: RenderJob, path: Path) -> None:
        """Write the list, whole or not at all; raises MediaError where it cannot be written."""
        source = job.open_source()
        try:
            head = header_line(_header(job, source))
        finally:
            source.close()
        claim = Claim(path)
        try:
            with writing(path), claim.partial.open("w", encoding="utf-8") as file:
                file.write(head)
                file.writelines(self._lines[number] for number in sorted(self._lines))
            claim.publish()
        finally:
            claim.drop()


def _header(job: RenderJob, source: Reader) -> Header:
    size = source.shape[:2]
    return Header(size, job.source.name, data_of(job.graph), __version__)
