# SPDX-License-Identifier: Apache-2.0
"""A clip through the built plug-in, frame after frame, in a host."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from pyopenfx import Host

from ..bundle import built_bundle
from ..effects import Deflicker
from ..frames import Array
from ..io import Reader


def through_plugin(source: Reader) -> Iterator[tuple[int, Array, Array, float]]:
    """Number, source and result of each frame, and the seconds that the render took."""

    def pixels(time: float) -> Array | None:
        frame = source.frame(round(time))
        return None if frame is None else frame.pixels()

    with Host(name="org.evenlight.demo", label="Evenlight demo") as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(built_bundle())}
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(
                pixels,
                frame_range=(source.first, source.last),
                identifier=lambda time: f"{source.path}:{round(time)}",
                colourspace=source.encoding,
            )
            for number in range(source.first, source.last + 1):
                before = pixels(number)
                assert before is not None, "the number lies inside the clip"
                started = perf_counter()
                after = instance.render(number)
                yield number, before, after, perf_counter() - started
