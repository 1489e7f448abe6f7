# SPDX-License-Identifier: Apache-2.0
"""A listener for tests of renders, and what a render made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evenlight.frames import Outcome
from evenlight.io import open_clip


class Heard:
    """A listener that remembers, and does something at a frame."""

    def __init__(self, at: int = 0, action: Callable[[], object] = lambda: None) -> None:
        self.rendered: list[int] = []
        self.fallen_back: list[int] = []
        self.held: list[int] = []
        self.retries: list[tuple[range, int, str]] = []
        self.notices: list[str] = []
        self._at, self._action = at, action

    def frame(self, number: int, outcome: Outcome) -> None:
        self.rendered.append(number)
        if outcome.fell_back:
            self.fallen_back.append(number)
        if number == self._at:
            self._action()

    def kept(self, numbers: range) -> None:
        self.held += list(numbers)

    def notice(self, text: str, key: str = "") -> None:  # noqa: ARG002 - a listener's
        self.notices.append(text)

    def again(self, numbers: range, attempt: int, reason: str) -> None:
        self.retries.append((numbers, attempt, reason))


def pictures(pattern: Path) -> dict[int, bytes]:
    reader = open_clip(pattern)
    found = {}
    for number in range(reader.first, reader.last + 1):
        frame = reader.frame(number)
        assert frame is not None
        found[number] = frame.pixels().tobytes()
    return found
