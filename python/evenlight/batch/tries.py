# SPDX-License-Identifier: Apache-2.0
"""Which frames are done, which chunks are tried again, and which failed for good."""

from __future__ import annotations

from ..errors import Aborted, BusyError, EvenlightError, MediaError, ModelError
from ..frames import Outcome
from .job import Listener
from .stop import Stop

_FIRST_PAUSE = 0.25  # seconds; doubled with each attempt, so that a disk can recover


class Tries:
    """Counts attempts at chunks; a frame is told of once, however often it was rendered."""

    def __init__(self, listener: Listener, retries: int, numbers: range, stop: Stop) -> None:
        self.failures: list[tuple[range, EvenlightError]] = []
        self._listener, self._retries, self._stop = listener, retries, stop
        self._attempts: dict[range, int] = {}
        self._numbers, self._told = numbers, bytearray(len(numbers))

    def frame(self, number: int, outcome: Outcome, was_there: bool) -> None:
        """A frame is finished, or was."""
        place = self._numbers.index(number)
        if self._told[place]:
            return
        self._told[place] = True
        if was_there:
            self._listener.kept(range(number, number + 1))
        else:
            self._listener.frame(number, outcome)

    def may_again(self, chunk: range, error: EvenlightError) -> bool:
        """Note a failure; whether the chunk is to be tried once more, after a pause.

        Raises Aborted where work is to stop, and ModelError where a network cannot run: no other
        chunk would fare better.
        """
        if isinstance(error, Aborted):
            raise error
        if isinstance(error, ModelError):
            raise ModelError(f"{error}; what is done stays, go on with --resume") from error
        attempt = self._attempts.get(chunk, 0) + 1
        if attempt > self._retries or not isinstance(error, MediaError):
            self.failures.append((chunk, error))
            return False
        self._attempts[chunk] = attempt
        self._listener.again(chunk, attempt, str(error))
        self._stop.pause(_FIRST_PAUSE * 2 ** (attempt - 1))
        return True

    def raise_failures(self) -> None:
        """Raise one error for all that failed for good: the first that will not pass by itself."""
        if not self.failures:
            return
        errors = [error for _, error in self.failures]
        lasting = [error for error in errors if not isinstance(error, BusyError)]
        error = (lasting or errors)[0]
        if len(errors) == 1 and not self._attempts and lasting:
            raise error
        runs = ", ".join(f"{c[0]}-{c[-1]}" for c, _ in self.failures[:8])
        more = f" and {len(self.failures) - 8} more" if len(self.failures) > 8 else ""
        raise type(error)(
            f"frames {runs}{more} failed: {error}; what is done stays, go on with --resume"
        ) from error
