# SPDX-License-Identifier: Apache-2.0
"""The probe in pyopenfx, played as a known host: does the host do what its file says?

`python -m pyopenfx.probe.playing HOST` in a process whose PYOPENFX_PROBE names a folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .. import _core
from .._errors import PyOpenFXError
from .._options import KNOWN_HOSTS
from ..validator.case import COUNT, Case
from .log import Log, read_log

IDENTIFIER = "org.pyopenfx.probe"


def bundle() -> Path:
    """The probe's bundle, as it is installed; raises PyOpenFXError where it was not built."""
    for folder in (Path(__file__).parents[1], Path(_core.__file__).parent):
        found = folder / "probe" / "Probe.ofx.bundle"
        if found.is_dir():
            return found
    raise PyOpenFXError("this pyopenfx was built without its probe")


def played(host: str) -> Log:
    """The log of a process in which the probe renders a few frames in a known host."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", __spec__.name, host]
        done = subprocess.run(
            command, env=os.environ | {"PYOPENFX_PROBE": folder}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise PyOpenFXError(f"the probe fails in {host}: {done.stderr.strip()[-2000:]}")
        return read_log(Path(folder))


def play(host: str) -> None:
    """Scan, create, ask and render as the host does."""
    case = Case(bundle(), IDENTIFIER, host)
    asks = KNOWN_HOSTS[host].asks_identity if host in KNOWN_HOSTS else True
    with case.opened(strict=False, asks_identity=asks) as trial, trial.create() as instance:
        instance.clip_preferences()
        for time in range(COUNT):
            trial.render(instance, time)


if __name__ == "__main__":
    play(sys.argv[1])
