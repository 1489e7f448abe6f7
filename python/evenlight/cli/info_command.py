# SPDX-License-Identifier: Apache-2.0
"""`evenlight info`: what a clip is, and what an output of a given name would keep."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from ..batch.outlook import described
from ..io import VideoOptions, open_clip, report_of
from .options import layer_option
from .outlook_lines import as_json, fates, tell_clip, tell_report


def _info(source: str, target: str | None, layer: str, codec: str | None, output: str) -> None:
    """Say what a clip is: frames, rate, colour, fields, timecode, what travels beside it.

    With OUT, say also what an output of that name would keep, convert and leave behind.
    """
    reader = open_clip(source, look_around=1, layer=layer)
    with closing(reader):
        lines, report = described(reader), None
        if target is not None:
            numbers = range(reader.first, reader.last + 1)
            report = report_of(Path(target), reader, numbers, VideoOptions(codec=codec))
        if output == "json":
            more = {} if report is None else {"output": {"path": target, **fates(report)}}
            as_json(reader.path, lines, reader.notices, **more)
            return
        tell_clip(reader.path, lines, reader.notices)
        if report is not None:
            tell_report(Path(target or ""), report)


info_command = click.Command(
    "info",
    callback=_info,
    params=[
        click.Argument(["source"], metavar="FILE"),
        click.Argument(["target"], metavar="[OUT]", required=False),
        layer_option(),
        click.Option(["--codec"], help="Of a video OUT: its codec.  [default: FILE's]"),
        click.Option(
            ["--output"],
            type=click.Choice(["human", "json"]),
            default="human",
            show_default=True,
            help="For people, or one JSON object.",
        ),
    ],
    help=_info.__doc__,
    short_help="Say what a clip is, and what an output would keep of it.",
)
