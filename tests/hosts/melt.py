# SPDX-License-Identifier: Apache-2.0
"""melt, MLT's command line: the engine of Kdenlive, Shotcut and Flowblade."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2

from evenlight.frames import Array

#: Those that read and write video and know plug-ins; others want a display.
MODULES = ("core", "avformat", "openfx", "xml")
#: MLT's encoder starts its thread before it says that it runs. Where the thread looks first, which
#: it did in 5 of 80 runs without plug-ins, melt ends, or waits for ever, with no frame made.
_NOT_BEGUN, _STARTS = b"finished processing -1 frames", 8
#: Seconds between two looks at what it says, and until it must have ended.
_GLANCE, _TIME = 5, 900


@dataclass(frozen=True)
class Melt:
    """An unpacked MLT, with a folder of OpenFX bundles."""

    root: Path
    bundles: Path

    def __call__(self, *arguments: str) -> str:
        """What it says; how it ends says nothing, for it ends with 0 whatever happens."""
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        folders = (libraries, *(libraries / name for name in ("blas", "lapack", "pulseaudio")))
        process = subprocess.Popen(
            [
                str(libraries / "ld-linux-x86-64.so.2"),
                "--library-path",
                ":".join(map(str, folders)),  # not LD_LIBRARY_PATH, which a worker would inherit
                str(self.root / "usr/bin/melt-7"),
                *arguments,
            ],
            env=os.environ | self._environment(libraries),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(_TIME // _GLANCE):
            try:
                out, told = process.communicate(timeout=_GLANCE)
                break
            except subprocess.TimeoutExpired as late:
                if _NOT_BEGUN in (late.stderr or b""):
                    process.kill()
        else:
            process.kill()
            raise TimeoutError(" ".join(arguments))
        return (out + told.replace(b"\r", b"\n")).decode()

    def frames(self, folder: Path, *arguments: str, threads: int = -1) -> list[Array]:
        """The pictures (h, w, 3) uint8 that come of `arguments`, written to `folder` as PNG."""
        folder.mkdir()
        target = f"avformat:{folder}/%04d.png"
        for _ in range(_STARTS):
            told = self(
                *arguments, "-verbose", "-consumer", target, "vcodec=png", "pix_fmt=rgb24",
                f"real_time={threads}", "terminate_on_pause=1", "mlt_image_format=rgba",
            )  # fmt: skip
            if _NOT_BEGUN.decode() not in told:
                break
        pictures = [cv2.imread(str(path))[..., ::-1] for path in sorted(folder.glob("*.png"))]
        assert pictures, told
        return pictures

    def _environment(self, libraries: Path) -> dict[str, str]:
        modules = self.root / "modules"
        modules.mkdir(exist_ok=True)
        for name in MODULES:
            module = modules / f"libmlt{name}.so"
            if not module.exists():
                module.symlink_to(libraries / "mlt-7" / module.name)
        data = self.root / "usr/share/mlt-7"
        return {
            "MLT_REPOSITORY": str(modules),
            "MLT_DATA": str(data),
            "MLT_PROFILES_PATH": str(data / "profiles"),
            "OFX_PLUGIN_PATH": str(self.bundles),
        }
