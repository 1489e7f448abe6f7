# SPDX-License-Identifier: Apache-2.0
"""Which of the candidates of a place are repaired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evenlight.blotch import fill
from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate
from evenlight.blotch.features import NAMES
from evenlight.blotch.plausible import TWO_SIDED, Limits
from evenlight.colour.encoding import Encoding
from evenlight.frames import Array, ArrayFrame

SHAPE = (60, 80)
FRAME = ArrayFrame(np.zeros((*SHAPE, 3), np.uint8))


def candidate(box: Box) -> Candidate:
    mask = np.ones(box.shape, bool)
    return Candidate(box, mask, True, int(mask.sum()), 0.2, np.zeros(len(NAMES)), 1.0)


@dataclass(frozen=True)
class Mending:
    """A maker of patches all of which are whole."""

    patch: Callable[[Candidate], Any]
    limits: Limits = TWO_SIDED
    blotched: Array = field(default_factory=lambda: np.zeros(SHAPE, bool))
    mended: Array | None = None

    def whole(self, patch: Any) -> Any:
        return patch


SMALL, LARGE = candidate(Box(20, 20, 26, 26)), candidate(Box(18, 18, 34, 40))


def repaired(
    monkeypatch: pytest.MonkeyPatch, *, fail: tuple[Candidate, ...] = (), passes: Any = ()
) -> list[Candidate]:
    """The blotches that are repaired where some cannot be and some pass."""

    def patch(one: Candidate) -> Any:
        failed = any(one is other for other in fail)
        return None if failed else SimpleNamespace(blotch=one)

    mending = Mending(patch)
    passing = SimpleNamespace(passes=lambda one: any(one is other for other in passes))
    monkeypatch.setattr(fill, "mending_of", lambda *_: mending)
    monkeypatch.setattr(fill, "passing_of", lambda *_: passing)
    found: Any = SimpleNamespace(
        blotches=(SMALL,), seconds=(LARGE,), evidence=SimpleNamespace(luma=np.zeros(SHAPE))
    )
    made = fill.patches(FRAME, found, [], Encoding.SRGB, fill.Shape(1.0, 0.0, 0.0))
    return [one.blotch for one in made]


def test_of_candidates_of_one_place_the_larger_is_tried_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (one,) = repaired(monkeypatch)
    assert one is LARGE


def test_the_smaller_is_repaired_where_the_larger_cannot_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (one,) = repaired(monkeypatch, fail=(LARGE,))
    assert one is SMALL


def test_where_one_passes_nothing_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not repaired(monkeypatch, passes=(LARGE,))
    assert not repaired(monkeypatch, fail=(LARGE,), passes=(SMALL,))
