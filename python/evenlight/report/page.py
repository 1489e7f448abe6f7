# SPDX-License-Identifier: Apache-2.0
"""The page: one HTML file with everything inside, which opens without a network."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, PrefixLoader, Template

from ..io.files import refuse_existing, writing
from .curves import HEIGHT, WIDTH, curves
from .summary import Summary


def write_page(summary: Summary, path: Path, *, overwrite: bool = False) -> None:
    """Write the page; raises MediaError where it cannot be written."""
    if not overwrite:
        refuse_existing(path)
    with writing(path):
        path.write_text(page(summary), encoding="utf-8")


def page(summary: Summary) -> str:
    """The page's HTML; whatever a clip is called, it is text there."""
    before, after = (
        [getattr(each, side) for each in summary.differences] for side in ("before", "after")
    )
    return template("report/page.html").render(
        summary=summary,
        curves=curves(before, after, summary.first, summary.cuts),
        size=(WIDTH, HEIGHT),
    )


def template(name: str) -> Template:
    """A page of a room of the package, as room/name; what is put in is text."""
    rooms = {"report", name.partition("/")[0]}
    environment = Environment(
        loader=PrefixLoader({room: PackageLoader(f"evenlight.{room}", ".") for room in rooms}),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
