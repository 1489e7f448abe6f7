# SPDX-License-Identifier: Apache-2.0
"""Progress for people: a bar on a terminal, and a line every ten seconds elsewhere."""

from __future__ import annotations

import pytest

from evenlight.cli import report
from evenlight.cli.report import HumanReport
from evenlight.frames import Outcome


def test_without_a_terminal_a_line_comes_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1000.0
    monkeypatch.setattr(report, "monotonic", lambda: now)
    told = HumanReport("Restore", 60)
    for number in range(1, 61):
        now += 0.5
        told.frame(number, Outcome())
    told.close()
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "Restore: 20 of 60 frames, 2.0 frames/s, 20 s left",
        "Restore: 40 of 60 frames, 2.0 frames/s, 10 s left",
        "Restore: 60 of 60 frames",
    ]


def test_notices_come_once_above_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    told = HumanReport("Restore", 2)
    for number in (1, 2):
        told.frame(number, Outcome("a network could not run"))
    told.close()
    assert capsys.readouterr().err == "note: frame 1: a network could not run\n"
