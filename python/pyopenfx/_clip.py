# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import contextlib
import itertools
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _core
from ._errors import ParamError
from ._layout import Array, as_frame, components_of, depth_of
from ._standard import short

Source = Sequence[Any] | Array | Callable[[float], Any]

_numbers = itertools.count(1)
_known: dict[int, tuple[weakref.ref[Any], str]] = {}


def _token(source: Any) -> str:
    """A name for a source: the same for the same object, never used again for another."""
    known = _known.get(id(source))
    if known and known[0]() is source:
        return known[1]
    token = f"source{next(_numbers)}"
    with contextlib.suppress(TypeError):  # a list cannot be watched: each connection names it anew
        _known[id(source)] = (weakref.ref(source), token)
    return token


@dataclass(frozen=True, slots=True)
class Connection:
    """Source connected to a clip, and the properties that the host gives it."""

    source: Source
    first: int
    frame_range: tuple[float, float]
    premultiplied: bool | None
    identifier: Callable[[float], str]
    colourspace: str
    pixel_aspect: float
    frame_rate: float
    field_order: str

    def frame(self, time: float) -> Array | None:
        """The frame (h, w, C) at a time, or None where there is none."""
        if callable(self.source):
            answer = self.source(time)
            return None if answer is None else as_frame(answer)
        index = int(np.floor(time + 0.5)) - self.first
        if not 0 <= index < len(self.source) or self.source[index] is None:
            return None
        return as_frame(self.source[index])

    def premultiplication(self, components: str) -> str:
        """The property's value for frames of these components."""
        if components == "RGB":
            return "OfxImageOpaque"
        return (
            "OfxImageAlphaPremultiplied" if self.premultiplied else "OfxImageAlphaUnPremultiplied"
        )


class Clip:
    """A clip of an instance. What is connected is a sequence of frames or a function of time."""

    def __init__(self, core: _core.Clip, changed: Callable[[str], None]) -> None:
        self.core = core
        self.name = core.name
        self.connection: Connection | None = None
        self._changed = changed
        self._sample: Array | None = None
        self._shapes: dict[float, tuple[int, int] | None] = {}

    @property
    def is_connected(self) -> bool:
        """Whether something is connected."""
        return self.connection is not None

    @property
    def supported_components(self) -> tuple[str, ...]:
        """The components that the plug-in takes here, in its order."""
        return tuple(map(short, self.core.properties.get("OfxImageEffectPropSupportedComponents")))

    def connect(
        self,
        source: Source,
        *,
        first: int = 0,
        frame_range: tuple[float, float] | None = None,
        premultiplied: bool | None = None,
        identifier: Callable[[float], str] | None = None,
        colourspace: str = "",
        pixel_aspect: float = 1.0,
        frame_rate: float = 24.0,
        field_order: str = "none",
    ) -> None:
        """Give the clip its frames: (h, w) or (h, w, C), row 0 on top.

        A sequence starts at time `first`; a function of time needs `frame_range` (inclusive).
        Either may give None for a frame that is missing. `identifier` names the content at a time:
        content that changes in place needs another name. `field_order` is "upper" or "lower" for
        the field of an interlaced frame that comes first.
        """
        if frame_range is None:
            if callable(source):
                raise ParamError(
                    f"clip {self.name} is given a function; say its frame_range=(first, last) too"
                )
            frame_range = (first, first + len(source) - 1)
        if frame_range[1] < frame_range[0]:
            raise ParamError(f"clip {self.name} has frame range {frame_range}; it holds no frame")
        token = _token(source)
        self.connection = Connection(
            source, first, frame_range, premultiplied,
            identifier or (lambda time: f"{token}@{time:g}"), colourspace, pixel_aspect, frame_rate,
            field_order,
        )  # fmt: skip
        self._sample = None
        self._shapes = {}
        self._changed(self.name)

    def disconnect(self) -> None:
        """Leave the clip unconnected."""
        self.connection = None
        self._sample = None
        self._shapes = {}
        self._changed(self.name)

    def shape(self, time: float) -> tuple[int, int] | None:
        """Height and width at a time; where no frame is, those of a frame that exists."""
        if self.connection is None:
            return None
        if time in self._shapes:
            return self._shapes[time]
        frame = self.connection.frame(time)
        frame = self.sample() if frame is None else frame
        shape = None if frame is None else (frame.shape[0], frame.shape[1])
        if callable(self.connection.source):  # it may have to make the frame
            self._shapes[time] = shape
        return shape

    def sample(self) -> Array | None:
        """A frame of the connection, kept for its size and depth."""
        if self._sample is None and self.connection is not None:
            first, last = (int(bound) for bound in self.connection.frame_range)
            for time in range(first, last + 1):
                self._sample = self.connection.frame(float(time))
                if self._sample is not None:
                    break
        return self._sample

    def tell(self, depth: str, components: str, missing: tuple[str, ...], *, claims: bool) -> None:
        """Bring the clip's properties up to date."""
        put, connection = self.core.properties.put, self.connection
        put("OfxImageClipPropConnected", "int", [int(claims or connection is not None)])
        put("OfxImageEffectPropPixelDepth", "string", [depth])
        put("OfxImageEffectPropComponents", "string", [components])
        if connection is not None:
            sample = self.sample()
            if sample is not None:
                raw = components_of(sample.shape[2])
                put("OfxImageClipPropUnmappedComponents", "string", ["OfxImageComponent" + raw])
                put("OfxImageClipPropUnmappedPixelDepth", "string",
                    ["OfxBitDepth" + depth_of(sample).capitalize()])  # fmt: skip
                put("OfxImageEffectPropPreMultiplication", "string",
                    [connection.premultiplication(short(components))])  # fmt: skip
            frames = [float(bound) for bound in connection.frame_range]
            put("OfxImageEffectPropFrameRange", "double", frames)
            put("OfxImageEffectPropUnmappedFrameRange", "double", frames)
            put("OfxImageEffectPropFrameRate", "double", [connection.frame_rate])
            put("OfxImagePropPixelAspectRatio", "double", [connection.pixel_aspect])
            put("OfxImageClipPropColourspace", "string", [connection.colourspace])
            put("OfxImageClipPropFieldOrder", "string",
                ["OfxField" + connection.field_order.capitalize()])  # fmt: skip
        for name in missing:
            self.core.properties.erase(name)
