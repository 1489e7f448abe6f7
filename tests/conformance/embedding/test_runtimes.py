# SPDX-License-Identifier: Apache-2.0
"""Both runtimes, called as the plug-in calls them, in a process without Python."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pytest
from probing import HERE, Rendered, sequence

from evenlight.engine import Clip, Request, process
from evenlight.frames import DEPTHS, Array, HostImage
from evenlight.interlaced import Fields

Render = Callable[..., Rendered]
RUNTIMES = ["embedded", "worker"]
WEIGHTS = (0.5, 1.0, 1.0, 0.25)
WINDOW = ("before=2", "after=1", "value=weight:s:0.5,1,1,0.25", "encoding=lin_rec709")
LAYOUTS = ["plain", "padded", "downwards", "offset"]


@dataclass(frozen=True)
class Arrays:
    """The probe's frames, for the same call in this process."""

    source: Array
    mask: Array
    corner: tuple[int, int]

    def fetch(self, clip: int, time: float) -> HostImage | None:
        images, name = ((self.source, "source"), (self.mask, "mask"))[clip]
        index = int(time)
        if not 0 <= index < len(images):
            return None
        assert clip in tuple(Clip)
        return HostImage(images[index], f"{name} {index}", index % 2 == 1, self.corner)

    def aborted(self) -> bool:
        return False


@pytest.fixture(scope="session")
def stand_in() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "evenlight.effects.stand_in", HERE / "stand_in_effects.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def expected(
    stand_in: ModuleType,
    frames: Array,
    mask: Array,
    window: tuple[slice, slice],
    layout: str = "plain",
    fields: Fields = Fields.NONE,
    **values: object,
) -> tuple[bytes, list[str]]:
    height = frames.shape[1]
    corner = (-7, 13 + height) if layout == "offset" else (0, height)
    pixels, texts = b"", []
    for time in range(len(frames)):
        out = np.empty_like(frames[time][window])
        outcome = process(
            stand_in.StandIn(),
            Arrays(frames, mask, corner),
            out,
            Request(
                time,
                2,
                1,
                origin=(window[0].start, window[1].start),
                encoding="lin_rec709",
                values={"weight": list(WEIGHTS), **values},  # type: ignore[dict-item]
                fields=fields,
            ),
        )
        pixels += out.tobytes()
        texts.append(f"ok {outcome.notice}")
    return pixels, texts


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_pixels_depend_on_neither_runtime_nor_layout(
    render: Render, stand_in: ModuleType, rng: np.random.Generator, runtime: str, layout: str
) -> None:
    frames, mask = sequence(rng, 4, (13, 7, 4)), sequence(rng, 2, (13, 7, 4))
    window = (slice(3, 10), slice(1, 7))
    arguments = (f"layout={layout}", "row=3", "column=1", "outHeight=7", "outWidth=6")
    told = ("value=gain:d:-1.5", "value=step:i:4", "value=flag:b:1", "value=deed:t:average")
    got = render(runtime, frames, *WINDOW, *arguments, *told, mask=mask)
    want, texts = expected(
        stand_in, frames, mask, window, layout, gain=-1.5, step=4, flag=True, deed="average"
    )
    assert got.texts == texts
    assert got.pixels == want


@pytest.mark.parametrize("order", [Fields.UPPER_FIRST, Fields.LOWER_FIRST])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_fields_cross_as_frames_of_half_the_height(
    render: Render, stand_in: ModuleType, rng: np.random.Generator, runtime: str, order: Fields
) -> None:
    frames = sequence(rng, 4, (13, 7, 4))
    window = (slice(3, 10), slice(1, 7))
    arguments = (f"fields={order}", "row=3", "column=1", "outHeight=7", "outWidth=6")
    got = render(runtime, frames, *WINDOW, *arguments, "value=step:i:4")
    want, texts = expected(stand_in, frames, frames[:0], window, fields=order, step=4)
    assert got.texts == texts
    assert got.pixels == want


@pytest.mark.parametrize("depth", DEPTHS, ids=str)
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 3), (64, 33, 4)], ids=str)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_depth_and_size_crosses(
    render: Render,
    stand_in: ModuleType,
    rng: np.random.Generator,
    runtime: str,
    shape: tuple[int, int, int],
    depth: np.dtype[np.generic],
) -> None:
    frames = rng.integers(0, 40, (3, *shape)).astype(depth)
    got = render(runtime, frames, *WINDOW, "value=step:i:9")
    want, texts = expected(stand_in, frames, frames[:0], (slice(0, None), slice(0, None)), step=9)
    assert got.texts == texts
    assert got.pixels == want


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_threads_render_the_same_pixels(
    render: Render, rng: np.random.Generator, runtime: str
) -> None:
    frames = sequence(rng, 12, (40, 50, 4))
    one = render(runtime, frames, *WINDOW)
    many = render(runtime, frames, *WINDOW, "threads=4", "rounds=4")
    assert one.pixels == many.pixels
    assert len(many.lines) == 48
    assert all(line.text.startswith("ok ") for line in many.lines)


@pytest.mark.parametrize(
    ("deed", "text"),
    [
        ("sentence", "error 1 the frames differ in size: cut the clip in two"),
        (
            "memory",
            "error 8 there is not enough memory for this frame; close other programs, or work at a "
            "lower resolution",
        ),
        (
            "raise",
            "error 1 Stand-in met an error of its own at frame 0 "
            "(KeyError: 'a slip of ours'); please report it",
        ),
        (
            "outside",
            "error 1 frame 100 was asked for while rendering 0; it must lie between -2 and 1",
        ),
        (
            "write",
            "error 1 Stand-in met an error of its own at frame 0 "
            "(ValueError: assignment destination is read-only); please report it",
        ),
    ],
)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_errors_arrive_as_status_and_sentence(
    render: Render, rng: np.random.Generator, runtime: str, deed: str, text: str
) -> None:
    got = render(runtime, sequence(rng, 1, (4, 5, 3)), *WINDOW, f"value=deed:t:{deed}")
    assert got.texts == [text]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_wrong_requests_are_told(render: Render, rng: np.random.Generator, runtime: str) -> None:
    frames = sequence(rng, 1, (4, 5, 3))
    got = render(runtime, frames, *WINDOW, "value=gain:d:99")
    assert got.texts == ["error 1 gain is 99; it must lie between -10 and 10"]
    got = render(runtime, frames, *WINDOW, "effect=org.evenlight.nothing")
    assert "there is no effect 'org.evenlight.nothing'" in got.texts[0]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_what_the_host_throws_comes_through(
    render: Render, rng: np.random.Generator, runtime: str
) -> None:
    got = render(runtime, sequence(rng, 2, (4, 5, 3)), *WINDOW, "throws=1")
    assert got.texts == ["error 8 the host has no memory"] * 2


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_abort_between_frames_unwinds(
    render: Render, rng: np.random.Generator, runtime: str
) -> None:
    frames = sequence(rng, 2, (4, 5, 3))
    assert render(runtime, frames, *WINDOW, "abortAfter=2").texts == ["aborted"] * 2
    asked = render(runtime, frames, *WINDOW, "value=deed:t:ask", "abortAfter=3")
    assert asked.texts == ["aborted"] * 2


def test_an_abort_does_not_wait_for_the_worker(render: Render, rng: np.random.Generator) -> None:
    frames = sequence(rng, 2, (4, 5, 3))
    arguments = ("value=deed:t:sleep", "value=seconds:d:120", "abortAfter=1")
    got = render("worker", frames, *WINDOW, *arguments)
    assert got.texts == ["aborted"] * 2
    assert max(line.milliseconds for line in got.lines) < 60000


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_memory_does_not_grow_with_the_clip(
    render: Render, rng: np.random.Generator, runtime: str
) -> None:
    frames = sequence(rng, 4, (540, 960, 4))  # 8 MB each
    few = render(runtime, frames, *WINDOW, "rounds=3")
    many = render(runtime, frames, *WINDOW, "rounds=12")
    assert many.peak_megabytes <= few.peak_megabytes + 16
