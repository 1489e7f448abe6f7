# SPDX-License-Identifier: Apache-2.0
"""Resources of an open effect: its memory, and the networks of the process."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errands import Errands
from ..inference.networks import Device, Networks
from ..inference.sessions import Sessions
from ..memo import Memo


@dataclass(frozen=True, slots=True)
class Resources:
    """Made by `engine.open_effect`, freed by `engine.close_effect`; they change no pixel."""

    memo: Memo = field(default_factory=Memo)
    sessions: Sessions = field(default_factory=Sessions)
    errands: Errands = field(default_factory=Errands)

    def networks(self, device: Device = Device.AUTO) -> Networks:
        """The networks of one device."""
        return Networks(self.sessions, device)
