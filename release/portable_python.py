# SPDX-License-Identifier: Apache-2.0
"""Debian's Python with all libraries that it was built for: runs from any folder, on any Linux.

It is started through the loader that its libraries belong to, so the system's own may be older,
newer, or of another kind.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .debian import unpacked

SUITE, VERSION = "bookworm", "3.11"
PACKAGES = (f"python{VERSION}", "libstdc++6")
#: Where packages lie that it imports.
SITE = Path("lib/python3/dist-packages")

LOADER = "ld-linux-x86-64.so.2"
_LIBRARIES = (
    LOADER, "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1",
    "libresolv.so.2", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libexpat.so.1",
    "libffi.so.8", "libbz2.so.1.0", "liblzma.so.5",
)  # fmt: skip
#: Modules that no rendering imports, and those whose libraries are not taken along.
_LEFT_OUT = (
    "__pycache__", "config-3.11-x86_64-linux-gnu", "curses", "dbm", "distutils", "ensurepip",
    "idlelib", "lib2to3", "pydoc_data", "sqlite3", "test", "tkinter", "turtledemo", "venv",
    "EXTERNALLY-MANAGED", "turtle.py", "_crypt.*", "_curses*", "_dbm.*", "_gdbm.*", "_hashlib.*",
    "_sqlite3.*", "_ssl.*", "_tkinter.*", "_uuid.*", "nis.*", "readline.*",
)  # fmt: skip
#: The program that starts it.
STARTER = f"""#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Python beside this file, started by the loader of its own libraries.
here=${{0%/*}}
exec "$here/../lib/{LOADER}" --inhibit-cache --library-path "$here/../lib" \\
    --argv0 "$0" "$here/python{VERSION}" "$@"
"""


def make_python(target: Path, cache: Path) -> Path:
    """Fill `target` with a Python and return the program that starts it.

    `cache` keeps the packages. Raises debian.UnreachableError.
    """
    root = unpacked(cache, SUITE, PACKAGES)
    programs, libraries = target / "bin", target / "lib"
    programs.mkdir(parents=True)
    shutil.copy2(root / f"usr/bin/python{VERSION}", programs)
    starter = programs / "python"
    starter.write_text(STARTER, "utf-8")
    starter.chmod(0o755)
    shutil.copytree(
        root / f"usr/lib/python{VERSION}",
        libraries / f"python{VERSION}",
        ignore=shutil.ignore_patterns(*_LEFT_OUT),
        symlinks=False,
        ignore_dangling_symlinks=True,
    )
    for name in _LIBRARIES:
        shutil.copy2(_library(root, name), libraries / name)
        (libraries / name).chmod(0o755)
    _copy_licences(root, target / "licences")
    (target / SITE).mkdir(parents=True)
    return starter


def _library(root: Path, name: str) -> Path:
    """The file of a library, which links lead to; a link may begin at the root."""
    for folder in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64"):
        if (root / folder / name).is_file():
            return (root / folder / name).resolve()
    raise FileNotFoundError(f"Debian's packages hold no {name}")


def _copy_licences(root: Path, target: Path) -> None:
    """Copyright files of the packages that something was taken from."""
    taken = ("python3.11*", "libpython3.11*", "libc6", "libgcc-s1", "libstdc++6", "gcc-12-base",
             "zlib1g", "libexpat1", "libffi8", "libbz2-1.0", "liblzma5")  # fmt: skip
    for pattern in taken:
        for file in sorted(root.glob(f"usr/share/doc/{pattern}/copyright")):
            target.mkdir(exist_ok=True)
            shutil.copyfile(file, target / f"{file.parent.name}.txt")
