# SPDX-License-Identifier: Apache-2.0
"""What every effect is: a pure function of the frames in its window and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from ..analysis import Record
from ..cache import Cache
from ..errors import AnalysisError
from ..frames import Array, FrameSource, Outcome, RenderRequest
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

    def record(self, request: RenderRequest, params: Any) -> Record | None:  # noqa: ARG002
        """What the analysis that `params` name holds of the frame; None where they name none.

        It goes into the request for `process`. Raises AnalysisError where it does not serve.
        """
        return None

    def analyse(
        self,
        frames: FrameSource,
        request: RenderRequest,
        params: Any,
        memory: Cache[Any],
    ) -> Record:
        """What an analysis keeps of the frame; `memory` is for a walk along the clip."""
        del frames, request, params, memory
        raise AnalysisError(f"{self.label} has no use for an analysis")
