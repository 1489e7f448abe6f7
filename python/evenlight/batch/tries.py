# SPDX-License-Identifier: Apache-2.0
"""Which frames are done, which chunks are tried again, and which failed for good."""

from __future__ import annotations

import time

from ..errors import BusyError, EvenlightError, MediaError
from .job import Listener

_FIRST_PAUSE = 0.25  # seconds; doubled with each attempt, so that a disk can recover


class Tries:
    """Counts attempts at chunks; a frame is told of once, however often it was rendered."""

    def __init__(self, listener: Listener, retries: int, numbers: range) -> None:
        self.failures: list[tuple[range, EvenlightError]] = []
        self._listener, self._retries = listener, retries
        self._attempts: dict[range, int] = {}
        self._numbers, self._told = numbers, bytearray(len(numbers))

    def frame(self, number: int, notice: str, was_there: bool) -> None:
        """A frame is finished, or was."""
        place = self._numbers.index(number)
        if self._told[place]:
            return
        self._told[place] = True
        if was_there:
            self._listener.kept(range(number, number + 1))
        else:
            self._listener.frame(number, notice)

    def may_again(self, chunk: range, error: EvenlightError) -> bool:
        """Note a failure; whether the chunk is to be tried once more, after a pause."""
        attempt = self._attempts.get(chunk, 0) + 1
        if attempt > self._retries or not isinstance(error, MediaError):
            self.failures.append((chunk, error))
            return False
        self._attempts[chunk] = attempt
        self._listener.again(chunk, attempt, str(error))
        time.sleep(_FIRST_PAUSE * 2 ** (attempt - 1))
        return True

    def raise_failures(self) -> None:
        """Raise one error for all that failed for good; the worst kind of them."""
        if not self.failures:
            return
        passing = all(isinstance(error, BusyError) for _, error in self.failures)
        error = self.failures[0][1]
        reason = str(error)
        if len(self.failures) == 1 and not self._attempts and not passing:
            raise error
        runs = ", ".join(f"{c[0]}-{c[-1]}" for c, _ in self.failures[:8])
        more = f" and {len(self.failures) - 8} more" if len(self.failures) > 8 else ""
        text = f"frames {runs}{more} failed: {reason}; what is done stays, go on with --resume"
        raise (BusyError if passing else type(error))(text) from error
