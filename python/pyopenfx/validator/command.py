# SPDX-License-Identifier: Apache-2.0
"""`pyopenfx validate BUNDLE …`"""

from __future__ import annotations

import argparse
import secrets
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from .._errors import ParamError
from .._options import KNOWN
from .case import STANDARD
from .check import LEVELS, RECOMMENDED, Result, Verdict
from .checks import CHECKS, chosen
from .output import as_json, as_junit, line, summary
from .run import Trials, plugins_of


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("validate", help="hold a bundle against the standard, and hosts")
    parser.add_argument("bundle", type=Path, nargs="?")
    parser.add_argument("--list", action="store_true", help="list the checks and end")
    parser.add_argument(
        "--strictness", type=int, choices=LEVELS, default=RECOMMENDED, metavar="1-10",
        help=f"how much is tried; {RECOMMENDED} is recommended for a release",
    )  # fmt: skip
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN",
                        help="checks or a category, such as 'render.*'")  # fmt: skip
    parser.add_argument("--skip", action="append", default=[], metavar="PATTERN")
    parser.add_argument("--plugin", action="append", default=[], metavar="PATTERN",
                        help="of the bundle's; all unless given")  # fmt: skip
    parser.add_argument(
        "--host", action="append", choices=[STANDARD, *KNOWN],
        help="try all in the ways of this host; may be given several times",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, help="repeat what chance chose; printed by each run")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS",
                        help="for each check")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="checks that run at once")
    parser.add_argument("--headers", type=Path, help="folder of the ASWF headers, for properties")
    parser.add_argument("--json", nargs="?", type=Path, const=Path("-"), metavar="FILE",
                        help="the report as JSON; - or nothing is standard output")  # fmt: skip
    parser.add_argument("--junit", type=Path, metavar="FILE", help="the report as JUnit's XML")
    parser.add_argument("--quiet", action="store_true", help="print what did not pass, alone")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the checks; 0 where none failed, 1 where one did."""
    if options.list:
        for check in CHECKS:
            sys.stdout.write(f"{check.level:2}  {check.full_name:26}{check.summary}\n")
        return 0
    checks = chosen(options.strictness, options.only, options.skip)
    _check(options, bool(checks))
    there, unusable = plugins_of(options.bundle, options.timeout)
    plugins = [
        name for name in there
        if not options.plugin or any(fnmatchcase(name, each) for each in options.plugin)
    ]  # fmt: skip
    if unusable is None and not plugins:
        raise ParamError(
            f"{options.bundle} has no such plug-in; it has {', '.join(there) or 'none'}"
        )
    trials = Trials(
        bundle=options.bundle,
        checks=checks,
        hosts=options.host or [STANDARD],
        strictness=options.strictness,
        seed=secrets.randbelow(1 << 31) if options.seed is None else options.seed,
        seconds=options.timeout,
        jobs=options.jobs,
        headers=options.headers,
    )
    out = sys.stderr if options.json == Path("-") else sys.stdout
    out.write(f"seed {trials.seed}, strictness {trials.strictness}, {len(checks)} checks\n")

    def tell(result: Result) -> None:
        if not options.quiet or result.verdict not in (Verdict.PASSED, Verdict.SKIPPED):
            out.write(line(result) + "\n")
            out.flush()

    if unusable is not None:
        tell(unusable)
    results = [unusable] if unusable is not None else trials.run(plugins, tell)
    out.write(f"{summary(results)}\n")
    _write(options, trials, results)
    return 1 if any(result.verdict.is_failure for result in results) else 0


def _check(options: argparse.Namespace, any_check: bool) -> None:
    if options.bundle is None or not options.bundle.exists():
        raise ParamError(f"there is no bundle {options.bundle or ''}".rstrip())
    if not any_check:
        raise ParamError("no check fits --only, --skip and --strictness; see --list")
    if options.jobs < 1 or options.timeout <= 0:
        raise ParamError("--jobs and --timeout must be above 0")


def _write(options: argparse.Namespace, trials: Trials, results: list[Result]) -> None:
    if options.json is not None:
        about: dict[str, object] = {
            "bundle": str(trials.bundle),
            "hosts": list(trials.hosts),
            "strictness": trials.strictness,
            "seed": trials.seed,
        }
        text = as_json(results, about) + "\n"
        if options.json == Path("-"):
            sys.stdout.write(text)
        else:
            options.json.write_text(text, "utf-8")
    if options.junit is not None:
        options.junit.write_text(as_junit(results, trials.bundle.name) + "\n", "utf-8")
