# SPDX-License-Identifier: Apache-2.0
"""Clips and jobs told before anything is rendered, for people or as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ..batch.outlook import Outlook
from ..io import Report

_WIDTH = 14
_FATES = (("kept", "kept"), ("converted", "converted"), ("left_behind", "left behind"))


def tell_clip(path: Path, lines: Sequence[tuple[str, str]], notices: Iterable[str]) -> None:
    """Say what a clip is."""
    click.echo(str(path))
    for name, value in lines:
        _line(name, value)
    for notice in notices:
        _line("note", notice)


def tell_report(target: Path, report: Report) -> None:
    """Say what an output keeps."""
    click.echo(str(target))
    for name, label in _FATES:
        for what in getattr(report, name):
            _line(label, what)


def tell_outlook(source: Path, target: Path, found: Outlook) -> None:
    """Say what a job would do."""
    tell_clip(source, found.source, found.notices)
    _line("read", _span(found.read))
    _line("rendered", _span(found.rendered))
    tell_report(target, found.report)
    first, last = found.written[0], found.written[-1]
    count = len(found.written)
    _line("written", str(first) if count == 1 else f"{count} files, {first} to {last}")
    click.echo("nothing was rendered or written")


def as_json(
    path: Path, lines: Sequence[tuple[str, str]], notices: Sequence[str], **more: object
) -> None:
    """The same as one JSON object; names that come several times hold lists."""
    clip: dict[str, list[str]] = {}
    for name, value in lines:
        clip.setdefault(name, []).append(value)
    single = {name: found[0] if len(found) == 1 else found for name, found in clip.items()}
    click.echo(json.dumps({"event": "outlook", "clip": {"path": str(path), **single},
                           "notices": list(notices), **more}))  # fmt: skip


def fates(report: Report) -> dict[str, list[str]]:
    """Fates of all that a source holds, as plain data."""
    return {name: list(getattr(report, name)) for name, _ in _FATES}


def job_data(target: Path, found: Outlook) -> dict[str, object]:
    """Outlook on a job, as plain data."""
    return {
        "read": [found.read[0], found.read[-1]],
        "rendered": [found.rendered[0], found.rendered[-1]],
        "written": [str(path) for path in found.written],
        "output": {"path": str(target), **fates(found.report)},
    }


def _line(name: str, value: str) -> None:
    click.echo(f"  {name + ':':<{_WIDTH}}{value}")


def _span(numbers: range) -> str:
    return f"{len(numbers)} frames, {numbers[0]} to {numbers[-1]}"
