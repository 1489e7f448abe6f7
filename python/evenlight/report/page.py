# SPDX-License-Identifier: Apache-2.0
"""The page: one HTML file with everything inside, which opens without a network."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader

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
    environment = Environment(
        loader=PackageLoader("evenlight.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    before, after = (
        [getattr(each, side) for each in summary.differences] for side in ("before", "after")
    )
    return environment.get_template("page.html").render(
        summary=summary,
        curves=curves(before, after, summary.first, summary.cuts),
        size=(WIDTH, HEIGHT),
    )
