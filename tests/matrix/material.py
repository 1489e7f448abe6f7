# SPDX-License-Identifier: Apache-2.0
"""Small videos of every kind that people have, made on the fly by PyAV."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.format import VideoFormat

N_FRAMES = 6
RATE = 25
_SOUND = {"mov": "pcm_s16le", "mp4": "aac", "mkv": "flac", "webm": "libopus", "avi": "pcm_s16le"}
_SOUND |= {"ts": "mp2", "m2ts": "ac3", "mpg": "mp2", "vob": "ac3", "mxf": "pcm_s16le"}
_FORMATS = {"m2ts": "mpegts", "ts": "mpegts", "mkv": "matroska", "mpg": "mpeg"}

#: Colours by name: matrix, primaries, transfer, range; 2 and 0 where nothing is said.
COLOURS = {
    "unsaid": (2, 2, 2, 0),
    "bt709": (1, 1, 1, 1),
    "bt601": (6, 6, 6, 1),
    "pq": (9, 9, 16, 1),
    "hlg": (9, 9, 18, 1),
    "full": (1, 1, 1, 2),
    "rgb": (0, 1, 13, 2),
}


@dataclass(frozen=True)
class Kind:
    """One kind of video."""

    suffix: str
    encoder: str
    pixels: str
    colours: str = "bt709"
    aspect: Fraction = Fraction(1)
    options: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """As the test is named."""
        aspect = "" if self.aspect == 1 else f"-{self.aspect.numerator}x{self.aspect.denominator}"
        return f"{self.suffix}-{self.encoder}-{self.pixels}-{self.colours}{aspect}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height: the smallest that the encoder takes."""
        return {"dnxhd": (256, 128), "dvvideo": (720, 576)}.get(self.encoder, (64, 48))

    def make(self, folder: Path) -> Path:
        """The video, written into a folder."""
        path = folder / f"in.{self.suffix}"
        form = _FORMATS.get(self.suffix, self.suffix)
        with av.open(str(path), "w", format=form) as container:
            if self.suffix != "mxf":
                container.metadata["title"] = "a test"
            stream = self._stream(container)
            tone: Any = container.add_stream(_SOUND[self.suffix], rate=48000)
            tone.layout = "mono"
            for index in range(N_FRAMES):
                container.mux(stream.encode(self._frame(index)))
            container.mux(stream.encode(None))
            _sing(container, tone)
        return path

    def _stream(self, container: Any) -> Any:
        stream = container.add_stream(self.encoder, rate=RATE, options=self.options)
        stream.width, stream.height = self.size
        stream.pix_fmt = self.pixels
        context = stream.codec_context
        context.sample_aspect_ratio = self.aspect
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = (
            COLOURS[self.colours]
        )
        context.gop_size = 3
        return stream

    def _frame(self, index: int) -> av.VideoFrame:
        """A smooth picture that moves, with alpha where the format has it."""
        width, height = self.size
        y, x = np.mgrid[:height, :width]
        planes = [
            0.2 + 0.5 * x / width + 0.02 * index,
            0.3 + 0.3 * y / height,
            0.5 + 0.2 * np.sin(x / 9 + index / 3),
            np.clip(x / width, 0.1, 0.9),
        ]
        rgba = np.rint(np.stack(planes, -1) * 65535).astype(np.uint16)
        frame = av.VideoFrame.from_ndarray(rgba, format="rgba64le")
        space, primaries, transfer, light = COLOURS[self.colours]
        is_rgb = VideoFormat(self.pixels).is_rgb
        frame = frame.reformat(
            format=self.pixels,
            dst_colorspace=None if is_rgb else (space if space not in (0, 2) else 5),
            dst_color_range=2 if is_rgb or light == 2 else 1,
        )
        frame.colorspace, frame.color_primaries = space, primaries
        frame.color_trc, frame.color_range = transfer, light
        frame.pts, frame.time_base = index, Fraction(1, RATE)
        return frame


def _sing(container: Any, tone: Any) -> None:
    count = 48000 * N_FRAMES // RATE
    wave = (0.3 * np.sin(np.arange(count) / 17) * 32767).astype(np.int16)[None]
    samples = av.AudioFrame.from_ndarray(wave, "s16", "mono")
    samples.sample_rate, samples.pts = 48000, 0
    resampler = av.AudioResampler(format=tone.format, layout="mono", rate=48000,
                                  frame_size=tone.codec_context.frame_size or None)  # fmt: skip
    for piece in [*resampler.resample(samples), *resampler.resample(None)]:
        container.mux(tone.encode(piece))
    container.mux(tone.encode(None))
