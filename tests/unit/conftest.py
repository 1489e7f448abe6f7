# SPDX-License-Identifier: Apache-2.0
"""Small clips on disk, made for each test."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenImageIO
import pytest

RATE = 24
SOUND = 48000


def scene(index: int, *, width: int = 64, height: int = 48, top: int = 255) -> list[np.ndarray]:
    """Planes of a smooth 4:2:0 picture that says its index by its brightness."""
    y, x = np.mgrid[:height, :width]
    luma = 0.2 + 0.4 * x / width + 0.1 * y / height + 0.02 * (index % 8)
    chroma = [
        0.5 + 0.1 * np.sin(x[: (height + 1) // 2, : (width + 1) // 2] / 9 + shift)
        for shift in (0, 2)
    ]
    dtype = np.uint8 if top == 255 else np.uint16
    return [np.rint(plane * top).astype(dtype) for plane in (luma, *chroma)]


def _fill(frame: av.VideoFrame, planes: list[np.ndarray]) -> None:
    for place, plane in zip(frame.planes, planes, strict=True):
        rows = np.frombuffer(memoryview(place), plane.dtype).reshape(place.height, -1)
        rows[:, : place.width] = plane


def _sine(seconds: float) -> np.ndarray:
    times = np.arange(round(SOUND * seconds)) / SOUND
    return (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)[None]


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Writes a video of `scene` pictures without loss, if wished with a tone for sound."""

    def make(
        name: str = "in.mp4",
        *,
        n_frames: int = 12,
        deep: bool = False,
        sound: str = "",
        times: list[int] | None = None,
        size: tuple[int, int] = (64, 48),
        **colours: int,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            container.metadata["title"] = "a test"
            kind = "yuv420p10le" if deep else "yuv420p"
            stream: Any = container.add_stream(
                "libx264", rate=RATE, options={"qp": "0", "g": "5", "preset": "ultrafast"}
            )
            stream.width, stream.height = size
            stream.pix_fmt = kind
            stream.codec_context.time_base = Fraction(1, 1000)
            for key, value in colours.items():
                setattr(stream.codec_context, key, value)
            tone: Any = container.add_stream(sound, rate=SOUND) if sound else None
            for index in range(n_frames):
                frame = av.VideoFrame(*size, kind)
                _fill(frame, scene(index, width=size[0], height=size[1], top=1023 if deep else 255))
                frame.pts = times[index] if times else round(index * 1000 / RATE)
                frame.time_base = Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if tone is not None:
                samples = av.AudioFrame.from_ndarray(_sine(n_frames / RATE), "fltp", "mono")
                samples.sample_rate = SOUND
                samples.pts = 0
                container.mux(tone.encode(samples))
                container.mux(tone.encode(None))
        return path

    return make


@pytest.fixture
def make_images(tmp_path: Path) -> Callable[..., Path]:
    """Writes numbered images of random pixels; gives the pattern."""

    def make(
        pattern: str = "in.####.exr",
        *,
        numbers: tuple[int, ...] = (1001, 1002, 1003),
        channels: tuple[str, ...] = ("R", "G", "B"),
        depth: str = "half",
        size: tuple[int, int] = (20, 16),
        **attributes: Any,
    ) -> Path:
        rng = np.random.default_rng(5)
        for number in numbers:
            values = rng.random((size[1], size[0], len(channels)))
            whole = {"uint8": 255, "uint16": 65535}.get(depth)
            dtype = {"uint8": "u1", "uint16": "u2", "half": "f2", "float": "f4"}[depth]
            pixels = (np.rint(values * whole) if whole else values * 2 - 0.5).astype(dtype)
            spec = OpenImageIO.ImageSpec(*size, len(channels), depth)
            spec.channelnames = channels
            for key, value in attributes.items():
                if hasattr(spec, key):
                    setattr(spec, key, value)
                else:
                    spec.attribute(key.replace("__", ":"), value)
            name = pattern.replace("####", f"{number:04d}")
            out = OpenImageIO.ImageOutput.create(name)
            assert out.open(str(tmp_path / name), spec)
            assert out.write_image(pixels)
            assert out.close()
        return tmp_path / pattern

    return make
