# SPDX-License-Identifier: Apache-2.0
"""The log that the probe wrote in a host, read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._errors import ParamError

#: Properties of a set: name -> [type, [values]], or the status with which the host had none.
Properties = Mapping[str, Any]


@dataclass(slots=True)
class Action:
    """One action, and what the probe asked during it."""

    number: int
    action: str
    effect: int  # number of the descriptor or instance; 0 for none
    thread: int  # 0 is that of the scan
    gil: bool  # whether the thread held Python's lock
    begin: int  # place in the log
    inputs: Properties | None
    outputs: Properties | None
    end: int | None = None  # None: it never came back
    status: int | None = None
    events: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kind: str) -> Iterator[dict[str, Any]]:
        """Events of one kind."""
        return (event for event in self.events if event["event"] == kind)


@dataclass(frozen=True, slots=True)
class Log:
    """All actions of one process, in the order in which they began."""

    actions: tuple[Action, ...]

    def named(self, action: str) -> Iterator[Action]:
        """Actions of one name."""
        return (each for each in self.actions if each.action == action)

    def events(self, kind: str) -> Iterator[dict[str, Any]]:
        """Events of one kind, of all actions."""
        return (event for action in self.actions for event in action.of(kind))


def value(properties: Properties | None, name: str) -> list[Any] | None:
    """Values of a property, or None where it is not there."""
    told = (properties or {}).get(name)
    return told[1] if isinstance(told, list) else None


def read_log(path: Path) -> Log:
    """The log of a file, or the longest of a folder. Raises ParamError where there is none."""
    if path.is_dir():
        there = sorted(path.glob("*.jsonl"), key=lambda each: each.stat().st_size)
        if not there:
            raise ParamError(f"{path} holds no log of the probe (a file that ends with .jsonl)")
        path = there[-1]
    reader = _Reader()
    for place, line in enumerate(path.read_text("utf-8").splitlines()):
        try:
            reader.take(place, json.loads(line))
        except (ValueError, LookupError, TypeError) as error:
            raise ParamError(f"line {place + 1} of {path} is no line of the probe's") from error
    if not reader.actions:
        raise ParamError(f"{path} holds no action: the host never called the probe")
    return Log(tuple(reader.actions))


class _Reader:
    """Puts events to the actions during which they were written."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self._open: dict[int, list[Action]] = {}  # by thread, the innermost last
        self._numbered: dict[int, Action] = {}

    def take(self, place: int, event: dict[str, Any]) -> None:
        """One line; raises LookupError where it belongs to no action."""
        if event["event"] == "action":
            action = Action(
                event["number"], event["action"], event["effect"], event["thread"], event["gil"],
                place, event["in"], event["out"],
            )  # fmt: skip
            self.actions.append(action)
            self._numbered[action.number] = action
            self._open.setdefault(action.thread, []).append(action)
        elif event["event"] == "end":
            action = self._numbered[event["number"]]
            action.end, action.status = place, event["status"]
            self._open[action.thread].remove(action)
        else:
            self._open[event["thread"]][-1].events.append(event)
