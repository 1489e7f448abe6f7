# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.reproducible [PACKAGE …]`: wheels built twice, in two folders, byte for byte.

Each is built from a clean clone of the last commit; what differs is named. Ends with 1 then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
#: Folder of each wheel's project.
PACKAGES = {"evenlight": ".", "pyopenfx": "python/pyopenfx"}


def built(clone: Path, package: str) -> Path:
    """The wheel of a package, built in a clone."""
    stamp = ["git", "-C", str(clone), "log", "-1", "--format=%ct"]
    time = subprocess.run(stamp, check=True, capture_output=True, text=True).stdout.strip()
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    command += [f"--config-settings=build-dir={clone / 'build-release'}"]
    command += ["--wheel-dir", str(clone / "dist"), str(clone / PACKAGES[package])]
    subprocess.run(command, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": time})
    (wheel,) = (clone / "dist").glob("*.whl")
    return wheel


def differences(one: Path, other: Path) -> list[str]:
    """Names of members that differ, and of those that one alone has; none where the files agree."""
    if one.read_bytes() == other.read_bytes():
        return []
    with ZipFile(one) as first, ZipFile(other) as second:
        names = sorted({*first.namelist(), *second.namelist()})
        both = set(first.namelist()) & set(second.namelist())
        found = [
            name for name in names if name not in both or first.read(name) != second.read(name)
        ]
    return found or ["the order or the dates of its members"]


def main(packages: list[str]) -> int:
    """Build and compare; 0 where all are equal."""
    differ = False
    for package in packages or list(PACKAGES):
        folder = Path(tempfile.mkdtemp(prefix="reproducible-"))
        try:
            clones = [folder / name for name in ("one", "another_folder")]
            for clone, origin in zip(clones, (ROOT, clones[0]), strict=True):  # the same commit
                subprocess.run(["git", "clone", "--quiet", str(origin), str(clone)], check=True)
            wheels = [built(clone, package) for clone in clones]
            found = differences(*wheels)
        finally:
            shutil.rmtree(folder)
        differ = differ or bool(found)
        told = f"differs in {', '.join(found)}" if found else "the same bytes from two folders"
        sys.stdout.write(f"{wheels[0].name}: {told}\n")
        sys.stdout.flush()
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
