# SPDX-License-Identifier: Apache-2.0
"""Plain videos of pictures as a screen shows them: H.264, for looking at."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av

from ..errors import ParamError
from ..frames import Array
from .files import Claim
from .video_writer import muxing

#: Names of containers that every player opens with H.264 inside.
ENDINGS = (".mp4", ".mov", ".mkv")
_QUALITY = "16"
_BT709 = 1  # as FFmpeg numbers it


def check_ending(path: Path) -> None:
    """Raise ParamError where no plain video can bear the name."""
    if path.suffix.lower() not in ENDINGS:
        raise ParamError(f"{path} is no name of a video for looking at; end it with .mp4")


class PlainVideo:
    """A video that is written picture by picture; nothing stands at its name before it is whole."""

    def __init__(self, path: Path, rate: Fraction) -> None:
        """Raises MediaError or BusyError where it cannot be written."""
        check_ending(path)
        self._path, self._rate = path, rate
        self._claim = Claim(path)
        self._container: Any = None
        self._stream: Any = None

    def __enter__(self) -> PlainVideo:
        """The video itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Give it its name where all went well, and remove it else."""
        try:
            if self._container is not None:
                with muxing(self._path):
                    if kind is None:
                        self._container.mux(self._stream.encode(None))
                    self._container.close()
            if kind is None and self._container is not None:
                self._claim.publish()
        finally:
            self._claim.drop()

    def write(self, picture: Array) -> None:
        """Write a picture (H, W, 3) uint8; all are of one size, odd sides lose a pixel."""
        picture = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
        with muxing(self._path):
            if self._container is None:
                self._open(picture.shape[1], picture.shape[0])
            frame = av.VideoFrame.from_ndarray(picture.copy(), format="rgb24")
            frame = frame.reformat(format="yuv420p", src_colorspace=_BT709, dst_colorspace=_BT709)
            self._container.mux(self._stream.encode(frame))

    def _open(self, width: int, height: int) -> None:
        self._container = av.open(str(self._claim.partial), "w")
        self._stream = self._container.add_stream(
            "libx264", rate=self._rate, options={"crf": _QUALITY, "preset": "veryfast"}
        )
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = 1  # limited
