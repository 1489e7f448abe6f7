# SPDX-License-Identifier: Apache-2.0
"""Runs checks, each in a process of its own with a time limit."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .._errors import BundleError
from .._report import Finding, Severity
from .case import STANDARD
from .check import MARK, RECOMMENDED, Check, Result, Verdict, verdict_of

_TAIL = 2000  # characters of what a process that crashed said


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Checks to be run, and how."""

    bundle: Path
    checks: Sequence[Check]
    hosts: Sequence[str] = (STANDARD,)
    strictness: int = RECOMMENDED
    seed: int = 0
    seconds: float = 60.0  # for each check
    jobs: int = 1
    headers: Path | None = None

    def run(self, plugins: Sequence[str], told: Callable[[Result], None]) -> list[Result]:
        """All results; `told` hears of each when it is there, in the order of the checks."""
        wanted = [
            (check, plugin, host)
            for plugin in plugins
            for host in self.hosts
            for check in self.checks
            if host == STANDARD or check.category != "hosts"  # those bring hosts of their own
        ]
        results, known = [], _Known()
        with ThreadPoolExecutor(self.jobs) as pool:
            for result in pool.map(lambda each: self._result(*each), wanted):
                results.append(known.without(result))
                told(results[-1])
        return results

    def _result(self, check: Check, plugin: str, host: str) -> Result:
        request = {
            "check": check.full_name,
            "bundle": str(self.bundle),
            "plugin": plugin,
            "host": host,
            "seed": self.seed,
            "strictness": self.strictness,
            "headers": str(self.headers) if self.headers else None,
        }
        begun = time.monotonic()
        answer, end = _ask([json.dumps(request)], self.seconds)
        found = [
            Finding(each["rule"], Severity(each["severity"]), each["action"], each["message"])
            for each in answer.get("findings", [])
        ]
        verdict, reason = end or (verdict_of(found), "")
        if verdict is Verdict.PASSED and answer.get("skipped"):
            verdict, reason = Verdict.SKIPPED, answer["skipped"]
        seconds = time.monotonic() - begun
        return Result(check.full_name, plugin, host, verdict, seconds, reason, found)


class _Known:
    """Findings so far: a fault that shows in many checks is told by the first of them."""

    def __init__(self) -> None:
        self._told: set[tuple[str, ...]] = set()

    def without(self, result: Result) -> Result:
        """The result with what is new in it."""
        new = []
        for finding in result.findings:
            text = re.sub(
                r"-?\d+(\.\d+)?", "#", finding.message
            )  # at another time, in another place
            key = (result.plugin, result.host, finding.rule, finding.action, text)
            if key not in self._told:
                new.append(finding)
            self._told.add(key)
        if len(new) == len(result.findings):
            return result
        told_before = f"{len(result.findings) - len(new)} told before"
        reason = "; ".join(filter(None, (result.reason, told_before)))
        is_found = result.verdict in (Verdict.FAILED, Verdict.WARNED)
        verdict = verdict_of(new) if is_found else result.verdict
        return replace(result, findings=new, verdict=verdict, reason=reason)


def plugins_of(bundle: Path, seconds: float) -> tuple[list[str], Result | None]:
    """Identifiers of a bundle's plug-ins, and the result where it cannot even be opened.

    Raises BundleError where there is nothing to open.
    """
    answer, end = _ask(["--list", str(bundle)], seconds)
    if end is not None:
        return [], Result("scanning.loads", "", STANDARD, end[0], 0.0, end[1])
    if answer["error"]:
        raise BundleError(answer["error"])
    return answer["plugins"], None


def _ask(arguments: list[str], seconds: float) -> tuple[dict[str, Any], tuple[Verdict, str] | None]:
    """The answer of a process; and where it did not end well, how and in which words."""
    command = [sys.executable, "-X", "faulthandler", "-m", "pyopenfx.validator.child", *arguments]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return {}, (Verdict.HUNG, f"it did not come back within {seconds:g} s")
    finally:
        _end(child)
    lines = out.decode(errors="replace").splitlines()
    told = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    if told and child.returncode == 0:
        return json.loads(told[0]), None
    answer = json.loads(told[0]) if told else {}
    # A process may fall after its answer, while libraries are unloaded: that counts, too.
    return answer, (Verdict.CRASHED, _last_words(child.returncode, err.decode(errors="replace")))


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _last_words(code: int, text: str) -> str:
    how = f"exit code {code}" if code >= 0 else f"signal {-code} ({signal.strsignal(-code)})"
    words = text.partition("Fatal Python error")[0].strip()[-_TAIL:]
    return f"the process ended with {how}" + (f": {words}" if words else "")
