# SPDX-License-Identifier: Apache-2.0
"""Copying of a finished video by FFmpeg's own command, for what PyAV cannot have a muxer write.

Matroska, WebM and AVI tell the shape of pixels by a field of the stream that PyAV does not set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

from ..errors import MediaError

_PATIENCE = 24 * 60 * 60  # seconds


def remuxer() -> str | None:
    """Path of an FFmpeg command: that of imageio-ffmpeg, or the system's; None where none is."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return shutil.which("ffmpeg")


def with_pixel_aspect(path: Path, muxer: str, shape: tuple[int, int], aspect: Fraction) -> None:
    """Have the video at `path`, (width, height), say that its pixels are `aspect` times as wide.

    Nothing is encoded anew. Raises MediaError where that fails; the video is then as it was.
    """
    command = remuxer()
    if command is None:
        raise MediaError("there is no FFmpeg; run `pip install imageio-ffmpeg`")
    shown = aspect * shape[0] / shape[1]
    copy = path.with_name(f"{path.name}.{os.getpid()}")
    words = [command, "-nostdin", "-v", "error", "-y", "-copyts", "-i", f"file:{path}", "-map", "0"]
    words += ["-c", "copy", "-aspect:v:0", f"{shown.numerator}:{shown.denominator}"]
    words += ["-fflags", "+bitexact", "-avoid_negative_ts", "disabled", "-f", muxer, f"file:{copy}"]
    try:
        done = subprocess.run(words, capture_output=True, timeout=_PATIENCE, check=False)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            raise MediaError(f"FFmpeg could not copy it: {reason[-1] if reason else 'no reason'}")
        with copy.open("rb") as whole, path.open("r+b") as ours:  # the claim is on this file
            shutil.copyfileobj(whole, ours, 1 << 22)
            ours.truncate()
    finally:
        copy.unlink(missing_ok=True)
