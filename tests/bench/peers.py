# SPDX-License-Identifier: Apache-2.0
"""Methods that are measured: peers and Evenlight, as functions of a clip and its frames wanted.

Clips are (T, H, W, 3) uint8. A peer knows only the frames that it is given, as in a job of a render
farm; Evenlight asks for the neighbours that it needs, as an OpenFX plug-in does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction

import av
import cv2
import numpy as np

from evenlight.bundle import built_bundle
from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.engine import Clip, Request, Value, close_effect, open_effect, process
from evenlight.frames import Array, ArrayFrame, Frame
from evenlight.inference.sessions import Sessions
from evenlight.params import param_specs
from pyopenfx import Host

Method = Callable[[Array, range], Array]

_serial = itertools.count()


def nothing(clip: Array, wanted: range) -> Array:
    """The damaged clip itself."""
    return clip[wanted.start : wanted.stop]


def ffmpeg(name: str, arguments: str) -> Method:
    """A filter of FFmpeg, in yuv444p as its users run it."""

    def run(clip: Array, wanted: range) -> Array:
        graph = av.filter.Graph()
        height, width = clip.shape[1:3]
        source = graph.add_buffer(
            width=width, height=height, format="yuv444p", time_base=Fraction(1, 25)
        )
        node, sink = graph.add(name, arguments), graph.add("buffersink")
        source.link_to(node)
        node.link_to(sink)
        graph.configure()
        out: list[Array] = []
        for number in wanted:
            frame = av.VideoFrame.from_ndarray(clip[number], format="rgb24")
            frame = frame.reformat(format="yuv444p")
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


def plain_ste(clip: Array, wanted: range, sigma: float = 8.0) -> Array:
    """Scale-time equalisation as published: 256 quantiles of whole frames, Gaussian over time."""
    frames = nothing(clip, wanted)
    ranks = (np.arange(256) + 0.5) / 256
    shares = np.array(
        [[np.bincount(f[..., c].ravel(), minlength=256) for c in range(3)] for f in frames], float
    ).cumsum(axis=2) / (frames.shape[1] * frames.shape[2])  # (T, 3, 256): up to each level
    quantiles = np.array([[np.searchsorted(share, ranks) for share in f] for f in shares], float)
    times = np.arange(len(frames))
    weights = np.exp(-0.5 * ((times[:, None] - times) / sigma) ** 2)
    target = np.einsum("ts,scq->tcq", weights / weights.sum(axis=1, keepdims=True), quantiles)
    middles = shares - np.diff(shares, axis=2, prepend=0) / 2  # the rank of each level
    out = np.empty_like(frames)
    for t, c in np.ndindex(len(frames), 3):
        table = np.round(np.interp(middles[t, c], ranks, target[t, c])).astype(np.uint8)
        out[t, ..., c] = cv2.LUT(np.ascontiguousarray(frames[t, ..., c]), table)
    return out


class Frames:
    """A clip as the bridge is served with it; frames are named, so that they are measured once."""

    def __init__(self, clip: Array) -> None:
        self._clip, self._name = clip, f"bench {next(_serial)}"

    def fetch(self, clip: int, time: float) -> Frame | None:
        number = round(time)
        if clip != Clip.SOURCE or not 0 <= number < len(self._clip):
            return None
        return ArrayFrame(self._clip[number], f"{self._name}:{number}")

    def aborted(self) -> bool:
        return False


def package(effect: type[Effect], values: Mapping[str, Value] | None = None) -> Method:
    """An effect, with its defaults but for `values`, called as the command line calls it."""
    given = {spec.name: spec.default for spec in param_specs(effect.params)} | dict(values or {})
    before, after = effect.window.reach(given)
    sessions = Sessions()

    def run(clip: Array, wanted: range) -> Array:
        instance, server = open_effect(effect.identifier, sessions), Frames(clip)
        out = np.empty((len(wanted), *clip.shape[1:]), np.uint8)
        for number in wanted:
            process(
                instance, server, out[number - wanted.start],
                Request(number, before, after, values=values or {}),
            )  # fmt: skip
        close_effect(instance)
        return out

    return run


def evenlight_plugin(clip: Array, wanted: range) -> Array:
    """The same through the built plug-in, in this process as host."""
    with Host() as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(built_bundle())}
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(clip)
            return np.stack([instance.render(number) for number in wanted])


METHODS: dict[str, Method] = {
    "do nothing": nothing,
    "FFmpeg deflicker, size 5": ffmpeg("deflicker", "size=5:mode=am"),
    "FFmpeg deflicker, size 10": ffmpeg("deflicker", "size=10:mode=am"),
    "FFmpeg tmidequalizer": ffmpeg("tmidequalizer", ""),
    "FFmpeg tmidequalizer, r 8, s 1": ffmpeg("tmidequalizer", "radius=8:sigma=1"),
    "plain STE": plain_ste,
    "Evenlight Deflicker": package(Deflicker),
    "Evenlight Deflicker, classical": package(Deflicker, {"method": "classical"}),
    "Evenlight Deblotch": package(Deblotch),
    "Evenlight Restore": package(Restore),
}
#: Tables that a method stands in, where it does not stand in all.
ONLY_IN = {
    "Evenlight Deflicker, classical": {
        *("clean", "global", "local", "row", "colour", "cut", "kept", "farm", "film"),
        *("coloured", "additive"),
    },
    "Evenlight Deblotch": {"clean", "blotch", "all", "cut", "kept", "farm"},
    "Evenlight Restore": {"clean", "all", "cut", "kept", "farm", "film", "coloured"},
}


def suited(methods: Mapping[str, Method], kind: str) -> dict[str, Method]:
    """The methods that stand in the table of a kind."""
    return {
        name: run for name, run in methods.items() if name not in ONLY_IN or kind in ONLY_IN[name]
    }
