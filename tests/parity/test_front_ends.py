# SPDX-License-Identifier: Apache-2.0
"""The plug-in, the package and the command line give the same bytes, in whatever order.

The embedded runtime is held to the same bytes in tests/conformance/embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest
from tests.clips import ArrayClip
from tests.images import write_images

from evenlight import RenderRequest
from evenlight.cli.main import run
from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.frames import Array
from evenlight.params import build_params
from pyopenfx import Host

N_FRAMES, RADIUS = 13, 5
Case = tuple[type[Effect], dict[str, object]]
CASES: dict[str, Case] = {
    "srgb": (Deflicker, {"radius": RADIUS, "encoding": "srgb"}),
    "linear": (
        Deflicker,
        {"radius": RADIUS, "encoding": "linear", "colour": "luminance", "strength": 0.7},
    ),
    "log": (Deflicker, {"radius": RADIUS, "encoding": "log", "keep_above": 3.5}),
    "difference": (Deflicker, {"radius": RADIUS, "encoding": "srgb", "view": "difference"}),
    "learned": (
        Deflicker,
        {"radius": RADIUS, "encoding": "srgb", "method": "learned", "stage_temporal": 0.8},
    ),
    "deblotch": (Deblotch, {"encoding": "srgb"}),
    "matte": (Deblotch, {"encoding": "linear", "view": "overlay", "sensitivity": 0.7}),
    "restore": (Restore, {"radius": RADIUS, "encoding": "srgb"}),
}


@pytest.fixture
def frames(rng: np.random.Generator) -> list[Array]:
    """Opaque RGBA float; a picture under flicker, with a cut in it, a negative and a highlight."""
    shots = [np.repeat(np.repeat(rng.random((10, 14, 3)), 5, 0), 5, 1) for _ in range(2)]
    clip = []
    for time in range(N_FRAMES):
        colour = shots[time >= 8] * rng.uniform(0.75, 1.25) * 0.7
        colour[3, 4], colour[30, 40] = -0.125, 6.0
        row, column = rng.integers(8, 30), rng.integers(8, 50)
        colour[row : row + 9, column : column + 12] = rng.choice([0.01, 0.97])  # a blotch
        clip.append(np.dstack([colour, np.ones(colour.shape[:2])]).astype(np.float32))
    return clip


def by_package(frames: Sequence[Array], case: Case) -> list[Array]:
    effect, settings = case
    params = build_params(effect.params, settings)
    result = [np.empty_like(frame) for frame in frames]
    for time, out in enumerate(result):
        effect().process(ArrayClip(frames), RenderRequest(time), params, out)
    return result


def by_plugin(
    bundle: Path, frames: Sequence[Array], case: Case, order: Sequence[int]
) -> list[Array]:
    effect, settings = case
    result: dict[int, Array] = {}
    with Host(strict=True) as host:
        plugin = next(p for p in host.load(bundle) if p.identifier == effect.identifier)
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            for name, value in settings.items():
                spoken = {"srgb": "sRGB"}.get(str(value), str(value).capitalize())
                instance.params[name].set(spoken if isinstance(value, str) else value)
            for time in order:
                result[time] = instance.render(time).copy()
        assert host.report == []
    return [result[time] for time in range(len(frames))]


def by_command_line(folder: Path, frames: Sequence[Array], case: Case, chunk: int) -> list[Array]:
    effect, settings = case
    source = str(write_images(folder, frames))
    options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    target = str(folder / "out.%04d.exr")
    for first in range(0, len(frames), chunk):
        part = f"{first}-{min(first + chunk, len(frames)) - 1}"
        command = effect.identifier.rpartition(".")[2]
        assert run([command, source, target, "--frames", part, *options]) == 0
    return [
        OpenImageIO.ImageBuf(target % time).get_pixels(OpenImageIO.FLOAT)
        for time in range(len(frames))
    ]


def same(one: Sequence[Array], other: Sequence[Array]) -> list[bool]:
    return [a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_three_front_ends_one_picture(
    bundle: Path, tmp_path: Path, frames: list[Array], case: Case
) -> None:
    expected = by_package(frames, case)
    assert sum(same(expected, frames)) < len(frames) / 2, "there must be something to compare"
    assert all(same(by_plugin(bundle, frames, case, range(N_FRAMES)), expected))
    assert all(same(by_command_line(tmp_path, frames, case, N_FRAMES), expected))


@pytest.mark.parametrize("name", ["srgb", "learned", "deblotch", "restore"])
def test_neither_order_nor_chunks_show(
    bundle: Path, tmp_path: Path, rng: np.random.Generator, frames: list[Array], name: str
) -> None:
    case = CASES[name]
    expected = by_package(frames, case)
    shuffled = [int(time) for time in rng.permutation(N_FRAMES)]
    assert all(same(by_plugin(bundle, frames, case, shuffled), expected))
    for chunk in (1, 7):
        folder = tmp_path / str(chunk)
        folder.mkdir()
        assert all(same(by_command_line(folder, frames, case, chunk), expected))
