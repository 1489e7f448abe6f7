# SPDX-License-Identifier: Apache-2.0
"""Stamping of pictures with what encoders read off each frame: colours, fields, shape."""

from __future__ import annotations

import av
from av.filter import Graph
from av.video.frame import PictureType

from .stream_format import StreamFormat


class Stamp:
    """Puts the properties of a stream's format on its pictures."""

    def __init__(self, target: StreamFormat) -> None:
        self._target = target
        self._graph: Graph | None = None

    def stamped(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The picture with the properties of the format."""
        target = self._target
        frame.pict_type = PictureType.NONE  # the encoder chooses its own
        if target.field_order.is_interlaced or target.sample_aspect not in (None, 1):
            frame = self._filtered(frame)
        frame.colorspace, frame.color_range = target.matrix, target.range
        frame.color_primaries, frame.color_trc = target.primaries, target.transfer
        return frame

    def _filtered(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The picture with its fields and its shape, which PyAV's frames cannot be told."""
        if self._graph is None:
            self._graph = self._linked(frame)
        self._graph.push(frame)
        marked = self._graph.pull()
        assert isinstance(marked, av.VideoFrame), "pictures go in"
        return marked

    def _linked(self, frame: av.VideoFrame) -> Graph:
        target, graph = self._target, Graph()
        nodes = [
            graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=frame.time_base,
            )
        ]
        if target.field_order.is_interlaced:
            nodes.append(graph.add("setfield", "tff" if target.field_order.top_first else "bff"))
        if target.sample_aspect is not None:
            nodes.append(graph.add("setsar", str(target.sample_aspect)))
        graph.link_nodes(*nodes, graph.add("buffersink")).configure()
        return graph
