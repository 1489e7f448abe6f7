# SPDX-License-Identifier: Apache-2.0
"""A clip through the built plug-in, frame after frame, in a host that keeps what it decoded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from time import perf_counter

import numpy as np

from pyopenfx import Host

from ..bundle import built_bundle
from ..effects import Deflicker
from ..frames import Array
from ..io import Reader

#: Never more than this is held; a window of 81 frames of HD video takes half of it.
_MOST_BYTES = 1 << 30


def through_plugin(source: Reader) -> Iterator[tuple[int, Array, Array, float]]:
    """Number, source and result of each frame, and the seconds that the render took."""
    frames = _Frames(source)
    with Host(name="org.evenlight.demo", label="Evenlight demo") as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(built_bundle())}
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(
                frames,
                frame_range=(source.first, source.last),
                identifier=lambda time: f"{source.path}:{round(time)}",
                colourspace=source.encoding,
            )
            for number in range(source.first, source.last + 1):
                before = frames(number)
                assert before is not None, "the number lies inside the clip"
                started = perf_counter()
                after = instance.render(number)
                yield number, before, after, perf_counter() - started


class _Frames:
    """Frames of the clip as a host has them: video in integers of its depth, the last few kept."""

    def __init__(self, source: Reader) -> None:
        self._source = source
        self._bits: int | None = getattr(source, "bits", None)  # video says; images have a type
        self._kept: OrderedDict[int, Array] = OrderedDict()
        self._bytes = 0

    def __call__(self, time: float) -> Array | None:
        number = round(time)
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        frame = self._source.frame(number)
        if frame is None:
            return None
        pixels = self._whole(frame.pixels())
        self._kept[number] = pixels
        self._bytes += pixels.nbytes
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return pixels

    def _whole(self, pixels: Array) -> Array:
        if self._bits is None or pixels.dtype.kind == "u":
            return pixels
        dtype = np.uint8 if self._bits <= 8 else np.uint16
        top = np.iinfo(dtype).max
        return np.round(np.clip(pixels, 0, 1) * np.float32(top)).astype(dtype)
