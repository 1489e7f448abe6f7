# SPDX-License-Identifier: Apache-2.0
"""`python -m release OUT`: everything that is handed out, made of the last commit alone."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .pythons import VERSIONS, find_pythons
from .wheels import UnfitError, build_source, build_wheels
from .whole_bundle import LARGEST, make_whole_bundle, pack, size_of


def main() -> None:
    """Make it, and say what of it could not be made here."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("build/release"))
    options = parser.parse_args()
    out, cache = options.out.resolve(), options.cache.resolve()
    out.mkdir(parents=True, exist_ok=True)
    moment = int(_git("log", "-1", "--format=%ct"))
    os.environ["SOURCE_DATE_EPOCH"] = str(moment)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "evenlight"
        _export(source)
        try:
            _make(source, out, cache, time.gmtime(moment)[:6])
        except UnfitError as error:
            sys.exit(str(error))
    _write_list(out)


def _make(source: Path, out: Path, cache: Path, moment: tuple[int, ...]) -> None:
    pythons = find_pythons()
    for version in VERSIONS:
        _say(f"Python {version}: {pythons.get(version, 'not here, so there is no wheel for it')}")
    wheels = build_wheels((source, source / "python/pyopenfx"), list(pythons.values()), out)
    build_source(source, out)
    lock = source / "requirements.lock"
    _bill(lock, out / "sbom.cdx.json")
    ours = next((wheel for wheel in wheels if wheel.name.startswith("evenlight-")
                 and "-cp311-" in wheel.name), None)  # fmt: skip
    if ours is None:
        _say("no whole bundle: it takes the wheel for Python 3.11")
        return
    with tempfile.TemporaryDirectory() as folder:
        bundle = make_whole_bundle(ours, lock, cache / "debian", Path(folder))
        size = size_of(bundle)
        if size > LARGEST:
            raise UnfitError(f"the whole bundle has {size} bytes; {LARGEST} is the most it may")
        version = ours.name.split("-")[1]
        pack(bundle, out / f"Evenlight-{version}-Linux-x86-64.zip", moment[:6])
        _say(f"the whole bundle: {size / 1e6:.0f} MB unpacked")


def _export(target: Path) -> None:
    """The files of the last commit and none besides."""
    target.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)


def _bill(lock: Path, file: Path) -> None:
    """The bill of materials, in CycloneDX."""
    program = Path(sys.executable).parent / "cyclonedx-py"
    command = [program, "requirements", lock, "--output-reproducible", "--of", "JSON", "-o", file]
    subprocess.run(list(map(str, command)), check=True)


def _write_list(out: Path) -> None:
    """SHA256SUMS of all files in `out`."""
    files = sorted(path for path in out.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (out / "SHA256SUMS").write_text("".join(lines), "utf-8")
    _say("".join(lines))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


main()
