# SPDX-License-Identifier: Apache-2.0
"""Numbered images of tests: float, without loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import OpenImageIO

from evenlight.frames import Array


def write_images(folder: Path, frames: Sequence[Array]) -> Path:
    """The pattern of in.0000.exr and so on, which hold the frames (h, w, c) float32."""
    for time, frame in enumerate(frames):
        image = OpenImageIO.ImageOutput.create("a.exr")
        height, width, channels = frame.shape
        spec = OpenImageIO.ImageSpec(width, height, channels, "float")
        assert image.open(str(folder / f"in.{time:04d}.exr"), spec)
        assert image.write_image(frame)
        assert image.close()
    return folder / "in.%04d.exr"
