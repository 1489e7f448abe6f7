# SPDX-License-Identifier: Apache-2.0
"""Frames are announced before they are read, also where the host shows none of the clip's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evenlight.frames import Array
from pyopenfx import Host

LAST = 9


def held(time: float) -> Array:
    """Frames whose ends are held, as readers of Natron show them beyond the clip."""
    rng = np.random.default_rng(2)
    light = rng.uniform(0.7, 1, LAST + 1)
    scene = rng.random((36, 64, 4)).astype(np.float32) * 0.6
    return scene * np.float32(light[int(np.clip(time, 0, LAST))])


@pytest.mark.parametrize("effect", ["deflicker", "deblotch", "restore"])
@pytest.mark.parametrize("time", [-30, -1, 0, 4, LAST, LAST + 1, LAST + 30])
def test_no_frame_is_read_that_was_not_announced(bundle: Path, effect: str, time: int) -> None:
    with Host(strict=True) as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(bundle)}
        with plugins[f"org.evenlight.{effect}"].create("Filter") as instance:
            instance.clips["Source"].connect(held, frame_range=(0, LAST))
            instance.render(time)
        assert not [each for each in host.report if each.rule == "frame-not-announced"]
