# SPDX-License-Identifier: Apache-2.0
"""Reports of a run while it works: a progress bar for people, JSON lines for programs."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from time import monotonic

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..frames import Outcome
from .changes import Changes


class Report(ABC):
    """Counts frames, and passes each notice on once."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total = label, total
        self.done = self.n_kept = self.n_fallen_back = 0
        self._begin = monotonic()
        self._told: set[str] = set()
        self.notices: dict[int, str] = {}  # by frame
        self.changes = Changes()
        #: Hear of each frame that is made, too.
        self.watchers: list[Callable[[int, Outcome], None]] = [self.changes.see]

    def frame(self, number: int, outcome: Outcome) -> None:
        """A frame is finished."""
        self.done += 1
        self.n_fallen_back += outcome.fell_back
        for see in self.watchers:
            see(number, outcome)
        if outcome.notice:
            self.notices[number] = outcome.notice
            self.notice(f"frame {number}: {outcome.notice}", outcome.notice)
        self.advance(number)

    def notice(self, text: str, key: str = "") -> None:
        """Something the user should know; said once for each `key`."""
        if (key or text) not in self._told:
            self._told.add(key or text)
            self.say(text)

    def kept(self, numbers: range) -> None:
        """Frames are there from an earlier run."""
        self.done += len(numbers)
        self.n_kept += len(numbers)
        for number in numbers:
            self.advance(number)

    @abstractmethod
    def again(self, numbers: range, attempt: int, reason: str) -> None:
        """Show that frames failed and are rendered once more."""

    def figures(self) -> dict[str, float]:
        """How much was done, and how fast."""
        seconds = monotonic() - self._begin
        return {
            "frames": self.done,
            "kept": self.n_kept,
            "fallen_back": self.n_fallen_back,
            "seconds": round(seconds, 3),
            "frames_per_second": round((self.done - self.n_kept) / max(seconds, 1e-9), 3),
        }

    def remarks(self) -> str:
        """A clause on frames that this run did not make, or not as they were wanted; or nothing."""
        kept = f", {self.n_kept} of them kept" if self.n_kept else ""
        return kept + (f", {self.n_fallen_back} by a fall back" if self.n_fallen_back else "")

    @abstractmethod
    def advance(self, number: int) -> None:
        """Show that a frame is finished."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Show a notice."""

    @abstractmethod
    def finish(self, path: str) -> None:
        """Show that all is done."""

    @abstractmethod
    def beside(self, path: str, sentence: str) -> None:
        """Show what was written beside the result, at `path`."""

    @abstractmethod
    def close(self) -> None:
        """Leave the terminal as it was."""


#: Seconds between the lines that stand for a bar where there is no terminal.
_BETWEEN_LINES = 10.0


class HumanReport(Report):
    """A bar with the time left on a terminal's stderr, a line now and then elsewhere."""

    def __init__(self, label: str, total: int) -> None:
        super().__init__(label, total)
        self._line_at = monotonic() + _BETWEEN_LINES
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(label, total=total)
        self._bar.start()

    def advance(self, number: int) -> None:  # noqa: ARG002 - the bar counts
        """Move the bar, or print a line if the last one is long ago."""
        self._bar.advance(self._task)
        if not self._console.is_terminal and monotonic() >= self._line_at:
            self._line_at = monotonic() + _BETWEEN_LINES
            self._print(f"{self.label}: {self.done} of {self.total} frames{self._left()}")

    def _left(self) -> str:
        """A clause on the time that the rest will take, by the frames that this run made."""
        rate = self.figures()["frames_per_second"]
        if rate <= 0 or self.done >= self.total:
            return ""
        return f", {rate:.1f} frames/s, {(self.total - self.done) / rate:.0f} s left"

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """Print above the bar."""
        self._print(f"note: {text}")

    def again(self, numbers: range, attempt: int, reason: str) -> None:
        """Print above the bar."""
        self.say(_again(numbers, attempt, reason))

    def finish(self, path: str) -> None:
        """Say what was written."""
        self._bar.stop()
        figures = self.figures()
        frames = "1 frame" if self.done == 1 else f"{self.done} frames"
        click.echo(
            f"{path}: {frames} in {figures['seconds']:.1f} s "
            f"({figures['frames_per_second']:.1f} frames/s){self.remarks()}"
        )
        if sentence := self.changes.sentence():
            click.echo(sentence)

    def beside(self, path: str, sentence: str) -> None:
        """One line more."""
        click.echo(f"{path}: {sentence}")

    def close(self) -> None:
        """Stop the bar."""
        self._bar.stop()


class JsonReport(Report):
    """One JSON object a line on stdout."""

    def advance(self, number: int) -> None:
        """A progress line."""
        _line(event="progress", frame=number, done=self.done, total=self.total)

    def say(self, text: str) -> None:
        """A notice line."""
        _line(event="notice", text=text)

    def again(self, numbers: range, attempt: int, reason: str) -> None:
        """A line for an attempt that failed."""
        _line(event="retry", first=numbers[0], last=numbers[-1], attempt=attempt, reason=reason)

    def finish(self, path: str) -> None:
        """The last line."""
        _line(event="done", output=path, **self.figures(), changes=self.changes.figures())

    def beside(self, path: str, sentence: str) -> None:
        """A line on what was written."""
        _line(event="beside", output=path, text=sentence)

    def close(self) -> None:
        """Nothing is open."""


class OpenJdReport(Report):
    """Lines on stdout that schedulers of Open Job Description take for progress."""

    def advance(self, number: int) -> None:  # noqa: ARG002 - schedulers want a share
        """The share that is done."""
        _say(f"openjd_progress: {100 * self.done / max(self.total, 1):.1f}")

    def say(self, text: str) -> None:
        """A line of the log."""
        _say(f"note: {text}")

    def again(self, numbers: range, attempt: int, reason: str) -> None:
        """The status, which schedulers show."""
        _say(f"openjd_status: {_again(numbers, attempt, reason)}")

    def finish(self, path: str) -> None:
        """The status once more."""
        _say(f"openjd_status: {path}: {self.done} frames{self.remarks()}")
        if sentence := self.changes.sentence():
            _say(sentence)

    def beside(self, path: str, sentence: str) -> None:
        """A line of the log."""
        _say(f"{path}: {sentence}")

    def close(self) -> None:
        """Nothing is open."""


#: The ways to tell, by the name that --progress takes.
REPORTS: dict[str, type[Report]] = {
    "human": HumanReport,
    "json": JsonReport,
    "openjd": OpenJdReport,
}


def _again(numbers: range, attempt: int, reason: str) -> str:
    return f"frames {numbers[0]}-{numbers[-1]} failed and are tried again ({attempt}): {reason}"


def _say(text: str) -> None:
    sys.stdout.write(" ".join(text.split()) + "\n")
    sys.stdout.flush()


def _line(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def print_error(message: str, output: str) -> None:
    """The one line that a failed run ends with."""
    message = " ".join(message.split())
    click.echo(f"error: {message}", err=True)
    if output == "json":
        _line(event="error", message=message)
    elif output == "openjd":
        _say(f"openjd_fail: {message}")
