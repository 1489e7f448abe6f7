# SPDX-License-Identifier: Apache-2.0
"""A host that tells the order of fields gets what the command line writes, in either order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import evenlight
from evenlight.effects import Deflicker, Effect, Restore
from evenlight.frames import Array
from pyopenfx import Host

FRAMES, RADIUS = 9, 4


@pytest.fixture
def woven(rng: np.random.Generator) -> Array:
    """A still scene in opaque RGBA float whose fields stand in different light."""
    scene = np.kron(rng.uniform(0.1, 0.7, (12, 16, 3)), np.ones((4, 4, 1)))
    clip = np.ones((FRAMES, 48, 64, 4), np.float32)
    for frame in clip:
        for parity in (0, 1):
            frame[parity::2, :, :3] = scene[parity::2] * rng.uniform(0.85, 1.15)
    return clip


def by_plugin(bundle: Path, effect: type[Effect], clip: Array, order: str) -> Array:
    with Host(strict=True) as host:
        plugin = next(p for p in host.load(bundle) if p.identifier == effect.identifier)
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(clip, field_order=order)
            instance.params["radius"].set(RADIUS)
            instance.params["encoding"].set("sRGB")
            return np.stack([instance.render(time).copy() for time in (5, 4, 0, 8)])


@pytest.mark.parametrize("order", ["upper", "lower"])
@pytest.mark.parametrize("effect", [Deflicker, Restore])
def test_the_plugin_takes_the_fields_that_the_host_tells_of(
    bundle: Path, woven: Array, effect: type[Effect], order: str
) -> None:
    function = {Deflicker: evenlight.deflicker, Restore: evenlight.restore}[effect]
    told = {"encoding": "srgb", "radius": RADIUS}
    wanted = np.stack(list(function(woven, fields=f"{order} first", **told)))
    assert not np.array_equal(wanted, np.stack(list(function(woven, **told))))
    assert np.array_equal(by_plugin(bundle, effect, woven, order), wanted[[5, 4, 0, 8]])
