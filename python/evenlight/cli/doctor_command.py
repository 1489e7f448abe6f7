# SPDX-License-Identifier: Apache-2.0
"""`evenlight doctor`: what is there, what is broken, and what to do about it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from .hosts import caches, clear

_MARKS = {"ok": "ok    ", "note": "note  ", "broken": "BROKEN"}


@click.command()
@click.option(
    "--clear-caches", is_flag=True, help="Remove what hosts noted of plug-ins; quit them first."
)
@click.option(
    "--bundle",
    metavar="FILE.zip",
    help="Write findings, versions and logs to a file that may be sent: no pixels, no paths.",
)
@click.option("--output", type=click.Choice(["human", "json"]), default="human", show_default=True)
def doctor(clear_caches: bool, bundle: str | None, output: str) -> int:
    """Look at hosts, plug-in, Python and libraries, and render a small clip."""
    from .doctor import CHECKS, State, vars_of
    from .report_bundle import write_bundle

    if clear_caches:
        _clear(as_json=output == "json")
    findings = []
    for check in CHECKS:
        for finding in check():
            findings.append(finding)
            if output == "human":
                click.echo(f"{_MARKS[finding.state]}  {finding.subject}: {finding.detail}")
    if bundle is not None:
        write_bundle(Path(bundle), [vars_of(finding) for finding in findings])
    broken = sum(finding.state is State.BROKEN for finding in findings)
    if output == "json":
        for finding in findings:
            _line(
                event="finding", subject=finding.subject, state=finding.state, detail=finding.detail
            )
        _line(event="done", broken=broken)
    else:
        click.echo("all is in order" if not broken else f"{broken} broken; see above")
    return 1 if broken else 0


def _clear(*, as_json: bool) -> None:
    for cache in caches():
        clear(cache)
        if as_json:
            _line(event="removed", path=str(cache))
        else:
            click.echo(f"removed {cache}")


def _line(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
