# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.soak`: hard conditions for a long time; a fault ends it with 1.

Each trial runs in a process of its own, with limits of time and memory, and prints its figures as
JSON. `--short` is what CI runs. `--seed` repeats what was seen.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from fnmatch import fnmatch
from pathlib import Path

from .fuzz import FUZZING
from .hosts import HOSTS

#: Trials by name, and how often each does what it does: in short, and in full.
TRIALS = {**HOSTS, **FUZZING}
_MEMORY = 16 << 30  # bytes of addresses: libraries, and the stacks and arenas of many threads
_TIME = 3600


def limited() -> None:
    """Limits of a trial's process; set in it before it begins."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _processor() -> float:
    """Seconds of processor that processes which have ended took."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def run(name: str, count: int, seed: int, runtime: str) -> dict[str, object]:
    """Figures of one trial, `fault` among them where there is one."""
    command = [sys.executable, "-m", "tests.soak", "--trial", name]
    command += ["--count", str(count), "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "EVENLIGHT_RUNTIME": runtime, "TMPDIR": folder}
        begin, before = time.monotonic(), _processor()
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False,
                timeout=_TIME, preexec_fn=limited,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"fault": f"no end within {_TIME} s"}
    figures: dict[str, object] = {
        "seconds": round(time.monotonic() - begin, 1),
        "of processor": round(_processor() - before, 1),
    }
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        return {**figures, "fault": f"exit {done.returncode}: {done.stderr[-2000:]}"}
    figures |= json.loads(lines[-1])
    if "Traceback" in done.stderr or "Sanitizer" in done.stderr:
        figures["fault"] = done.stderr[-2000:]
    return figures


def main() -> int:
    """All trials, or those that are named by a pattern."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", default="*", help="a pattern of names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trial", help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=0, help="instead of the usual number")
    given = parser.parse_args()
    if given.trial:
        trial = TRIALS[given.trial]
        sys.stdout.write(json.dumps(trial.body(given.count, given.seed)) + "\n")
        return 0
    faults = 0
    sys.stdout.write(f"seed {given.seed}\n")
    for name, trial in TRIALS.items():
        if not fnmatch(name, given.only):
            continue
        for runtime in trial.runtimes:
            count = given.count or (trial.short if given.short else trial.full)
            figures = run(name, count, given.seed, runtime)
            faults += bool(figures.get("fault"))
            told = ", ".join(f"{key} {value}" for key, value in figures.items())
            sys.stdout.write(f"{name} ({runtime}) x {count}: {told}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{faults} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main())
