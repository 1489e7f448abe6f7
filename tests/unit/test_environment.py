# SPDX-License-Identifier: Apache-2.0
"""What is set in the environment, by which process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

#: Every module that a host's process may come to hold: not the programs of ours and what they read
#: files with (OpenImageIO sets what it likes), `_embedded` is none of Python's, and
#: `pipe_end` is for Windows.
_IMPORT_ALL = """
import importlib, os, pkgutil
before = dict(os.environ)
import evenlight
ours = "models training evaluation demo cli io batch farm _embedded".split()
for module in pkgutil.walk_packages(evenlight.__path__, "evenlight."):
    name = module.name.split(".")
    if name[1] not in ours and name[-1] not in ("__main__", "pipe_end"):
        importlib.import_module(module.name)
changed = {name for name in {*before, *os.environ} if before.get(name) != os.environ.get(name)}
print(sorted(changed))
"""
_COMMAND = """
import os, sys, evenlight, evenlight.cli
early = "numpy" in sys.modules
sys.argv = ["evenlight", "--version"]
try:
    evenlight.cli.main()
except SystemExit:
    pass
print(early, "numpy" in sys.modules, os.environ.get("OPENBLAS_NUM_THREADS"))
"""


def _said(code: str, **given: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def test_importing_changes_no_environment() -> None:
    assert _said(_IMPORT_ALL) == "[]"


@pytest.mark.parametrize(("given", "wanted"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_the_command_line_keeps_blas_to_one_thread_unless_somebody_knows_better(
    given: dict[str, str], wanted: str
) -> None:
    assert _said(_COMMAND, **given) == f"False True {wanted}"
