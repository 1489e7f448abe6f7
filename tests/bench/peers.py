# SPDX-License-Identifier: Apache-2.0
"""What Evenlight is measured against, each as a function from clip to clip, uint8 RGB."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import av
import cv2
import numpy as np

from evenlight.frames import Array

Method = Callable[[Array], Array]


def nothing(clip: Array) -> Array:
    """The damaged clip itself."""
    return clip


def ffmpeg(name: str, arguments: str) -> Method:
    """A filter of FFmpeg, in yuv444p as its users run it."""

    def run(clip: Array) -> Array:
        graph = av.filter.Graph()
        height, width = clip.shape[1:3]
        source = graph.add_buffer(
            width=width, height=height, format="yuv444p", time_base=Fraction(1, 25)
        )
        node = graph.add(name, arguments)
        sink = graph.add("buffersink")
        source.link_to(node)
        node.link_to(sink)
        graph.configure()
        out: list[Array] = []
        for number, pixels in enumerate(clip):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv444p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            source.push(frame)
            _drain(graph, out)
        source.push(None)
        _drain(graph, out)
        return np.stack(out)

    return run


def _drain(graph: av.filter.Graph, out: list[Array]) -> None:
    while True:
        try:
            out.append(graph.pull().to_ndarray(format="rgb24"))
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def plain_ste(sigma: float = 8.0) -> Method:
    """Scale-time equalisation as published: 256 quantiles of whole frames, Gaussian over time."""

    def run(clip: Array) -> Array:
        ranks = (np.arange(256) + 0.5) / 256
        tables = np.stack(
            [
                np.stack([np.quantile(frame[..., c], ranks) for c in range(3)])
                for frame in clip.astype(np.float32)
            ]
        )  # (T, 3, 256)
        times = np.arange(len(clip))
        weights = np.exp(-0.5 * ((times[:, None] - times[None]) / sigma) ** 2)
        target = np.einsum("ts,scq->tcq", weights / weights.sum(axis=1, keepdims=True), tables)
        out = np.empty_like(clip)
        for t, frame in enumerate(clip):
            for c in range(3):
                rising = tables[t, c] + np.arange(256) * 1e-6
                table = np.interp(np.arange(256), rising, target[t, c])
                out[t, ..., c] = cv2.LUT(
                    frame[..., c].copy(), np.clip(np.round(table), 0, 255).astype(np.uint8)
                )
        return out

    return run


FLICKER_PEERS: dict[str, Method] = {
    "do nothing": nothing,
    "ffmpeg deflicker am s=10": ffmpeg("deflicker", "size=10:mode=am"),
    "ffmpeg tmidequalizer r=8 sigma=1": ffmpeg("tmidequalizer", "radius=8:sigma=1"),
    "plain STE sigma=8": plain_ste(),
}
