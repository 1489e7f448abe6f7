# SPDX-License-Identifier: Apache-2.0
"""Debian's packages, unpacked beside the system: nothing is installed, nothing needs root.

The packages come from where this machine gets Debian's, and apt holds them against Debian's keys.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_LONGEST = 300  # seconds of one command; a mirror that is slower counts as out of reach
_SOURCES = """Types: deb
URIs: {mirror}
Suites: {suite}
Components: main
Signed-By: {keys}
"""


class UnreachableError(Exception):
    """The packages cannot be had here; the text says why."""


def unpacked(folder: Path, suite: str, packages: tuple[str, ...]) -> Path:
    """Root of the files of `packages` and of all that they need, below `folder`.

    They are fetched unless they are there already. Raises UnreachableError.
    """
    root = folder / "root"
    if (root / "complete").exists():
        return root
    if not shutil.which("apt-get") or not KEYS.exists():
        raise UnreachableError("this is no Debian: there is no apt-get, or no Debian keyring")
    options = _options(folder.resolve(), suite)
    _run("apt-get", *options, "update")
    _run("apt-get", *options, "install", "--yes", "--download-only", *packages)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for package in sorted(folder.glob("apt/cache/archives/*.deb")):
        _run("dpkg-deb", "--extract", str(package), str(root))
    (root / "complete").touch()
    return root


def _options(folder: Path, suite: str) -> list[str]:
    """Options of an apt that knows one suite, has nothing installed, and stays in `folder`."""
    apt = folder / "apt"
    for name in ("sources", "lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True, exist_ok=True)
    (apt / "status").touch()
    text = _SOURCES.format(mirror=_mirror(), suite=suite, keys=KEYS)
    (apt / "sources" / f"{suite}.sources").write_text(text)
    values = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": apt / "sources",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
        "Acquire::Check-Valid-Until": "false",  # mirrors lag behind
        "Acquire::http::Timeout": "30",
        "Acquire::Retries": "1",
        "Debug::NoLocking": "1",
    }
    if os.geteuid() == 0:
        values["APT::Sandbox::User"] = "root"  # the folder is ours, not apt's
    return ["-q", *(part for name, value in values.items() for part in ("-o", f"{name}={value}"))]


def _mirror() -> str:
    """Where this machine gets Debian's packages from."""
    told = _run(
        "apt-get",
        "indextargets",
        "--format",
        "$(ORIGIN)|$(LABEL)|$(REPO_URI)",
        "Created-By: Packages",
    )
    mirrors = [
        line.split("|")[2] for line in told.splitlines() if line.startswith("Debian|Debian|")
    ]
    if not mirrors:
        raise UnreachableError("apt-get names no mirror of Debian; run `apt-get update` first")
    return mirrors[0]


def _run(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreachableError(f"{command[0]} did not end within {_LONGEST} s") from error
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise UnreachableError(f"{command[0]} {command[-1]} failed: {last[0]}")
    return done.stdout
