# SPDX-License-Identifier: Apache-2.0
"""The base of every effect: a pure function of the frames in its window and its parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from ..analysis import Record, Search
from ..errors import AnalysisError
from ..frames import Array, FrameSource, Outcome, RenderRequest
from ..params import TemporalWindow
from .resources import Resources


class Effect(ABC):
    """The class attributes are the declaration; hosts see nothing else of an effect."""

    identifier: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    #: The page of help under the description, in Markdown.
    guide: ClassVar[str]
    version: ClassVar[tuple[int, int]]
    params: ClassVar[type]
    window: ClassVar[TemporalWindow]
    #: Parameter values with which the output is the source, bit for bit.
    identity: ClassVar[Mapping[str, Any]]
    #: The parameter and its value with which a Mask clip is used, as it is when one is connected.
    masked: ClassVar[Mapping[str, Any]]
    #: Parameters of the region, which hosts show as a rectangle: left, bottom, right, top.
    region: ClassVar[tuple[str, ...]] = ()

    def __init__(self, resources: Resources | None = None) -> None:
        """An effect with these resources, or with some of its own."""
        self.resources = resources or Resources()

    @abstractmethod
    def process(
        self, frames: FrameSource, request: RenderRequest, params: Any, out: Array
    ) -> Outcome:
        """Fill `out` (h, w, C), the wanted part of the frame, in the source's depth.

        Raises ModelError where a network cannot run and `params` want no other method in its place.
        """

    # What follows is for effects whose window an analysis can stand for; others leave it.

    def reach(self, params: Any) -> int | None:  # noqa: ARG002
        """Frames read on each side where an analysis stands for the others; None where none can."""
        return None

    def search(self, request: RenderRequest, params: Any) -> Search | None:  # noqa: ARG002
        """The search for the frame in the analysis that `params` name; None where they name none.

        It goes into the request for `process`. Raises AnalysisError where it does not serve.
        """
        return None

    def analyse(self, frames: FrameSource, request: RenderRequest, params: Any) -> Record:
        """The record of a frame, for an analysis."""
        del frames, request, params
        raise AnalysisError(f"{self.label} has no use for an analysis")
