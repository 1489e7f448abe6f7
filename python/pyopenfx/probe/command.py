# SPDX-License-Identifier: Apache-2.0
"""`pyopenfx probe where | read LOG | play HOST`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .._options import KNOWN
from ..validator.case import STANDARD
from ..validator.output import as_json, as_junit, line, summary
from .checks import judged
from .log import Log, read_log
from .playing import bundle, played
from .profile import as_toml, profile_of


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("probe", help="hold a host against the standard, by a plug-in")
    doing = parser.add_subparsers(required=True)
    where = doing.add_parser("where", help="print the folder that OFX_PLUGIN_PATH needs")
    where.set_defaults(run=_where)
    read = doing.add_parser("read", help="judge the log that the probe wrote in a host")
    read.add_argument("log", type=Path, help="a file that ends with .jsonl, or its folder")
    read.set_defaults(run=_read)
    play = doing.add_parser("play", help="judge pyopenfx, played as a known host")
    play.add_argument("host", choices=[STANDARD, *KNOWN])
    play.set_defaults(run=_play)
    for each in (read, play):
        each.add_argument("--json", type=Path, metavar="FILE", help="the report as JSON")
        each.add_argument("--junit", type=Path, metavar="FILE", help="the report as JUnit's XML")
        each.add_argument("--toml", type=Path, metavar="FILE",
                          help="the host's ways, as a file of pyopenfx/hosts")  # fmt: skip


def _where(_: argparse.Namespace) -> int:
    sys.stdout.write(f"{bundle().parent}\n")
    return 0


def _read(options: argparse.Namespace) -> int:
    return _judge(options, read_log(options.log))


def _play(options: argparse.Namespace) -> int:
    return _judge(options, played(options.host))


def _judge(options: argparse.Namespace, log: Log) -> int:
    """Print and write the report; 0 where no check failed, 1 where one did."""
    profile = profile_of(log)
    host = str(profile["host"].get("name", "an unnamed host"))
    results = judged(log, host)
    for result in results:
        sys.stdout.write(f"{line(result)}\n")
    sys.stdout.write(f"{len(log.actions)} actions; {summary(results)}\n")
    if options.json is not None:
        about: dict[str, object] = {"host": host, "actions": len(log.actions), "profile": profile}
        options.json.write_text(as_json(results, about) + "\n", "utf-8")
    if options.junit is not None:
        options.junit.write_text(as_junit(results, host) + "\n", "utf-8")
    if options.toml is not None:
        options.toml.write_text(as_toml(profile), "utf-8")
    return 1 if any(result.verdict.is_failure for result in results) else 0
