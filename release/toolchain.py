# SPDX-License-Identifier: Apache-2.0
"""The compiler of what is handed out: Clang, as Zig carries it, with symbols of an older glibc."""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: glibc of Rocky 8 and of the VFX Reference Platform.
GLIBC = (2, 28)
PLATFORM = f"manylinux_{GLIBC[0]}_{GLIBC[1]}_x86_64"
_TARGET = f"x86_64-linux-gnu.{GLIBC[0]}.{GLIBC[1]}"


def write_compilers(folder: Path) -> dict[str, str]:
    """Write starters of the compilers into `folder`; the environment that has CMake use them."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ)
    for variable, word in (("CC", "cc"), ("CXX", "c++")):
        starter = folder / f"zig-{word}"
        command = f'"{sys.executable}" -m ziglang {word} -target {_TARGET}'
        starter.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
        starter.chmod(0o755)
        environment[variable] = str(starter)
    return environment
