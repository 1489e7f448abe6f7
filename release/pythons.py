# SPDX-License-Identifier: Apache-2.0
"""Pythons of this machine that wheels are built for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13")
_QUESTION = (
    "import sys, sysconfig, pathlib;"
    "print('%d.%d' % sys.version_info[:2], "
    "(pathlib.Path(sysconfig.get_path('include')) / 'Python.h').exists())"
)


def find_pythons() -> dict[str, str]:
    """A program for each of VERSIONS that is here with its headers: on PATH, or beside this one."""
    folders = os.environ["PATH"].split(os.pathsep)
    folders += [str(path) for path in sorted(Path(sys.base_prefix).parent.glob("*/bin"))]
    found: dict[str, str] = {}
    for version in VERSIONS:
        for folder in folders:
            program = shutil.which(f"python{version}", path=folder)
            if program and version not in found and _answers(program, version):
                found[version] = program
    return found


def _answers(program: str, version: str) -> bool:
    done = subprocess.run([program, "-c", _QUESTION], capture_output=True, text=True, check=False)
    return done.stdout.split() == [version, "True"]
