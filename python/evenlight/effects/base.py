# SPDX-License-Identifier: Apache-2.0
"""What every effect is: a pure function of the frames in its window and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from ..frames import Array, FrameSource, RenderRequest
from ..params import TemporalWindow


class Effect(Protocol):
    """The class attributes are the declaration; hosts see nothing else of an effect."""

    identifier: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    version: ClassVar[tuple[int, int]]
    params: ClassVar[type]
    window: ClassVar[TemporalWindow]
    #: Parameter values with which the output is the source, bit for bit.
    identity: ClassVar[Mapping[str, Any]]

    def process(self, frames: FrameSource, request: RenderRequest, params: Any, out: Array) -> str:
        """Fill `out` (h, w, C), the wanted part of the frame, in the source's depth.

        Returns what the user should know though the render went well, or an empty string.
        """
