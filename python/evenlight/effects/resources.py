# SPDX-License-Identifier: Apache-2.0
"""Resources of an open effect: its memory, and the networks of the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..errands import Errands, LateError
from ..errors import AnalysisError
from ..inference.networks import Device, Networks
from ..inference.sessions import Sessions
from ..memo import Memo

T = TypeVar("T")
#: Seconds that the disk of an analysis may take to answer.
_TO_READ = 2.0


@dataclass(frozen=True, slots=True)
class Resources:
    """Made by `engine.open_effect`, freed by `engine.close_effect`; they change no pixel."""

    memo: Memo = field(default_factory=Memo)
    sessions: Sessions = field(default_factory=Sessions)
    errands: Errands = field(default_factory=Errands)

    def read(
        self, path: str, work: Callable[[], T], aborted: Callable[[], bool] = lambda: False
    ) -> T:
        """The result of `work`, which reads the analysis at `path`; raises what it raises.

        Raises AnalysisError where the disk does not answer, Aborted where the result is no longer
        wanted.
        """
        try:
            return self.errands.run(work, _TO_READ, aborted)
        except LateError as error:
            raise AnalysisError(
                f"the disk of {path} does not answer; see to it, or clear Analysis file"
            ) from error

    def networks(self, device: Device = Device.AUTO) -> Networks:
        """The networks of one device."""
        return Networks(self.sessions, device)
