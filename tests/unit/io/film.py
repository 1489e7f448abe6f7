# SPDX-License-Identifier: Apache-2.0
"""Small videos made by FFmpeg's command, and what a plain decode shows of any video."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np

from evenlight.io import VideoOptions, create_clip, open_clip
from evenlight.io.pixel_format import plane_arrays
from evenlight.io.remux import remuxer
from evenlight.io.video_probe import picture_stream

MOVING = "testsrc2=s=96x64:r=25"
BARS = "smptehdbars=s=96x64:r=25"
BT709 = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"


def ffmpeg(*parts: str | Path) -> Path:
    """Run FFmpeg; gives the last word, which is the file that it makes."""
    command = remuxer()
    assert command is not None, "imageio-ffmpeg comes with the command line"
    subprocess.run(
        [command, "-nostdin", "-v", "error", "-y", *map(str, parts)],
        check=True,
        capture_output=True,
    )
    return Path(parts[-1])


def film(path: Path, options: str, *, picture: str = MOVING, seconds: float = 0.4) -> Path:
    """A video of a test picture, with these options of the encoder."""
    return ffmpeg("-f", "lavfi", "-i", f"{picture}:d={seconds}", *options.split(), path)


def digests(path: Path) -> list[str]:
    """A digest of each picture, in the order of a straight decode."""
    found: list[str] = []
    with av.open(f"file:{path}") as container:
        stream = picture_stream(container)
        for packet in container.demux(stream):
            frames = stream.codec_context.decode(packet if packet.size else None)
            found += [digest(frame) for frame in frames]
    return found


def digest(frame: av.VideoFrame) -> str:
    """A digest of a picture's samples."""
    if frame.format.name.startswith(("rgb", "bgr", "argb", "abgr", "pal")):
        deep = frame.format.components[0].bits > 8
        data = frame.to_ndarray(format="rgba64le" if deep else "rgba").tobytes()
    else:
        deep = frame.format.components[0].bits > 8
        kind = np.dtype("<u2" if deep else np.uint8)
        data = b"".join(
            np.ascontiguousarray(plane).tobytes() for plane in plane_arrays(frame, kind)
        )
    return hashlib.md5(data).hexdigest()


def copy(source: Path, target: Path, numbers: range | None = None, **options: Any) -> list[str]:
    """Write the frames of a video as they are, without loss; gives what is told."""
    reader = open_clip(source)
    numbers = numbers or range(reader.first, reader.last + 1)
    video = VideoOptions(**{"quality": 0, **options})
    writer = create_clip(target, reader, numbers, video=video)
    told = writer.notices
    for number in numbers:
        frame = reader.frame(number)
        assert frame is not None
        writer.write(number, frame.pixels())
    writer.finish()
    reader.close()
    return told


def told_of(path: Path) -> Any:
    """The format that a file says of itself."""
    reader = open_clip(path)
    reader.close()
    return reader.format


def words(text: str) -> list[str]:
    """The words of a command."""
    return text.split()
