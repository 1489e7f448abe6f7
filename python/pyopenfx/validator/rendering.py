# SPDX-License-Identifier: Apache-2.0
"""Images: how they lie in memory, which part is wanted, depths, components, scales, odd sizes."""

from __future__ import annotations

import numpy as np

from .._errors import ActionError, PyOpenFXError
from .._instance import Instance
from .._layout import COMPONENTS, DEPTHS, Array, Layout
from .._report import Severity
from .case import COUNT, SIZE, Case, Trial, are_equal, noise
from .check import Check, Skipped

_MEMORY = (
    Layout("padded rows", row_padding=64),
    Layout("top row first", negative_row_bytes=True),
    Layout("bottom row first", negative_row_bytes=False),
    Layout("padded rows, bottom row first", row_padding=12, negative_row_bytes=False),
)
_WINDOWS = ((16, 8, 40, 30), (0, 0, 52, 1), (51, 0, 52, 36))
_SIZES = ((1, 1), (1, 17), (33, 1), (23, 37))


def frames(case: Case) -> None:
    """Each frame, in each context."""
    with case.opened() as trial:
        for context in trial.contexts():
            with trial.create(context) as instance:
                for time in range(COUNT):
                    try:
                        trial.render(instance, time)
                    except PyOpenFXError as error:
                        trial.note("render", Severity.WARNING, f"context {context}: {error}",
                                   "Render")  # fmt: skip


def repeats(case: Case) -> None:
    """The same frame twice, and from another instance."""
    with case.opened() as trial, trial.create() as instance, trial.create() as other:
        try:
            once = [trial.render(instance, time) for time in range(COUNT)]
        except ActionError as error:
            raise Skipped(f"it renders nothing as it comes: {error}") from error
        again = [trial.render(by, time) for by in (instance, other) for time in range(COUNT)]
        if not are_equal(once * 2, again):
            trial.note("repeats", Severity.WARNING, "the same frame has other pixels when it is "
                       "rendered again; farms render frames twice", "Render")  # fmt: skip


def order(case: Case) -> None:
    """Frames in an order by chance."""
    with case.opened() as trial, trial.create() as instance:
        want = trial.reference(instance)
        times = [*range(COUNT)] * case.effort(2)
        case.random.shuffle(times)
        for time in times:
            if not are_equal([trial.render(instance, time)], [want[time]]):
                trial.note("order", Severity.ERROR, f"frame {time} depends on which frame was "
                           "rendered before it", "Render")  # fmt: skip


def memory(case: Case) -> None:
    """Rows padded, and in either order."""
    with case.opened() as trial, trial.create() as instance:
        want = trial.reference(instance)[1]
        for layout in _MEMORY:
            _compare(trial, layout.name, trial.render(instance, layout=layout), want)


def origin(case: Case) -> None:
    """Bounds that do not begin at 0."""
    with case.opened() as trial, trial.create() as instance:
        if not _is(trial, "OfxImageEffectPropSupportsMultiResolution"):
            raise Skipped("it takes no images off the origin (SupportsMultiResolution is 0)")
        trial.reference(instance)
        for corner in ((-7, 13), (5, -9), (1_000, -1_000)):
            trial.render(instance, layout=Layout(f"bounds from {corner}", origin=corner))


def windows(case: Case) -> None:
    """Parts of the frame."""
    with case.opened() as trial, trial.create() as instance:
        if not _is(trial, "OfxImageEffectPropSupportsTiles"):
            raise Skipped("it renders whole frames alone (SupportsTiles is 0)")
        whole = trial.reference(instance)[1]
        if whole.shape[:2] != SIZE:
            raise Skipped("its output has a size of its own")
        for x1, y1, x2, y2 in _WINDOWS:
            want = whole[SIZE[0] - y2 : SIZE[0] - y1, x1:x2]
            got = trial.render(instance, 1, (x1, y1, x2, y2))
            _compare(trial, f"window {(x1, y1, x2, y2)}", got, np.ascontiguousarray(want))


def scales(case: Case) -> None:
    """Proxies, the two scales alike and not."""
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        for scale in ((0.5, 0.5), (0.25, 0.25), (1 / 3, 1 / 3), (0.5, 1.0)):
            trial.render(instance, scale=scale)


def kinds(case: Case) -> None:
    """Every depth and all components that host and plug-in share."""
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        described = trial.plugin.properties["OfxImageEffectPropSupportedPixelDepths"]
        depths = [depth for depth, (full, _) in DEPTHS.items() if full in described]
        for components in sorted(_components(instance) & set(trial.host.options.components)):
            for depth in set(depths) & set(trial.host.options.depths):
                for clip in instance.clips.values():
                    if clip.is_connected:
                        clip.connect(noise(components, depth))
                trial.render(instance)


def sizes(case: Case) -> None:
    """Pictures of one pixel, one row, one column."""
    rng = np.random.default_rng(3)
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        for size in _SIZES:
            for clip in instance.clips.values():
                if clip.is_connected:
                    channels = COMPONENTS.get(clip.supported_components[0], 4)
                    clip.connect([rng.random((*size, channels), np.float32) for _ in range(COUNT)])
            trial.render(instance)


def missing(case: Case) -> None:
    """Neighbours that are not there."""
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        gone = tuple(float(time) for time in range(-60, 60) if time != 1)
        trial.render(instance, layout=Layout("no neighbours", missing_times=gone))


def odd_values(case: Case) -> None:
    """Values below 0, above 1, infinite and no numbers at all."""
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        for value in (-4.0, 1e6, np.inf, -np.inf, np.nan):
            for clip in instance.clips.values():
                if clip.is_connected:
                    channels = COMPONENTS.get(clip.supported_components[0], 4)
                    frame = np.full((*SIZE, channels), value, np.float32)
                    frame[::2, ::3] = 0.5
                    clip.connect([frame] * COUNT)
            trial.render(instance)


def _components(instance: Instance) -> set[str]:
    """Components that all clips which are connected, and the output, can have."""
    clips = [each for each in instance.clips.values() if each.is_connected or each.name == "Output"]
    shared = set.intersection(*(set(clip.supported_components) for clip in clips))
    return shared & set(COMPONENTS)


def _is(trial: Trial, name: str) -> bool:
    return trial.plugin.properties[name] == [1]


def _compare(trial: Trial, name: str, got: Array, want: Array) -> None:
    if not are_equal([np.ascontiguousarray(got)], [np.ascontiguousarray(want)]):
        trial.note("layout", Severity.ERROR, f"{name}: pixels differ from those of the plain "
                   "layout", "Render")  # fmt: skip


CHECKS = (
    Check("frames", 1, "each frame, in each context", frames),
    Check("repeats", 2, "the same frame twice has the same pixels", repeats),
    Check("order", 3, "the order of frames does not show", order),
    Check("memory", 2, "padded rows, either row order: the same pixels", memory),
    Check("windows", 4, "a part of the frame is that part", windows),
    Check("origin", 4, "bounds that do not begin at 0", origin),
    Check("scales", 4, "proxies, and scales that differ", scales),
    Check("kinds", 3, "every depth and all components that are shared", kinds),
    Check("missing", 4, "neighbours that are missing", missing),
    Check("sizes", 5, "pictures of one pixel, row or column", sizes),
    Check("values", 5, "values below 0, above 1, infinite, no numbers", odd_values),
)
