# SPDX-License-Identifier: Apache-2.0
"""Examples for GFRM and TCM: flickering clips as the stage before leaves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from rich.progress import Progress

from ..colour.encoding import Encoding
from ..colour.luma import luma_of
from ..evaluation import flickering
from ..flicker.estimator import Estimator
from ..flicker.network_inputs import NetworkInputs
from ..flicker.settings import EstimateSettings, LearnedStages
from ..frames import Array, ArrayFrame
from ..inference.networks import Networks
from ..inference.sessions import Sessions
from ..memo import Memo
from ..motion.dense import warp
from ..motion.fields import Bands, Basis, Solver
from ..motion.links import linked
from ..motion.preview import Preview, Region, measure
from ..motion.window import Neighbour, Window, gather
from .shots import Shots

SIZE = (320, 180)
#: Frames of one draw.
LENGTH = 56
#: Frames that photographs are panned over for, which leave the view.
PANNED_LENGTH = 24
#: How often the exact solver is not asked.
ALONE = 0.4
#: Display value above which a cell may hold clipped pixels, and what keeps dark ratios quiet.
_CLIPPED, _QUIET = 0.97, np.float32(4 / 255)
#: Cells over which the mean light of a clip is smoothed.
_SMOOTH = 5.0
SETTINGS = EstimateSettings(radius=40, keep_above=1.0, steadiness=0.5, basis=Basis(6, Bands.ROWS))


@dataclass(frozen=True, slots=True)
class Examples:
    """Network inputs, all (n, channels, h, w) float16, and the truth."""

    said: Array
    sure: Array
    context: Array
    evened: Array  # the frame after its tone curve, display values
    clean: Array  # the frame as it should be, in the mean light of the clip
    around: Array  # 6, or none: colours of the frames before and after, corrected, moved here
    clean_around: Array  # the same as they should be
    held: Array  # (n,) bool, of sources kept back


@dataclass(frozen=True, slots=True)
class StageInputs:
    """Network inputs of the centre of a window, and the frames next to it."""

    inputs: NetworkInputs
    #: The frames before and after as they are corrected, with the flow to each; empty where only
    #: the centre is judged.
    beside: tuple[tuple[Neighbour, Array], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Choice of the frames and inputs of a clip that a network learns from."""

    #: What it sees of a window, or None where it is not asked.
    inputs_of: Callable[[Window, Estimator], StageInputs | None]
    every: int  # frames from one that is learned from to the next
    #: Whether all frames of a draw are treated alike, so that what was found of one serves another.
    alike: bool


def collect(
    data: Path, draws: int, seed: int, progress: Progress, seen: Seen, jobs: int = 1
) -> Examples:
    """Examples of `draws` draws of every clip, and of a photograph for every second draw."""
    shots = Shots(data, draws, seed, LENGTH, PANNED_LENGTH, SIZE)
    return Examples(*shots.examples(partial(examples_of, seen=seen), progress, jobs))


def examples_of(clip: Array, rng: np.random.Generator, seen: Seen) -> Iterator[tuple[Array, ...]]:
    """Parts of `Examples` but `held`, of some frames of a clip (T, H, W, 3) made to flicker."""
    clean, shown = flickering.draw(clip, rng)
    previews, truths = ([_preview(frame) for frame in one] for one in (shown, clean))
    windows = Windows(previews)
    mean = mean_light(previews, truths)
    lit = [np.moveaxis(truth.colour, 2, 0) * mean for truth in truths]
    settings, estimator = SETTINGS, estimator_of()
    for number, t in enumerate(range(int(rng.integers(seen.every)), len(clip), seen.every)):
        if number == 0 or not seen.alike:
            solver = Solver.NONE if rng.random() < ALONE else Solver.EXACT
            settings = replace(SETTINGS, solver=solver)
        own = replace(estimator, settings=settings)
        given = seen.inputs_of(windows.at(t, SETTINGS.radius), own)
        if given is None:
            continue
        shows = given.inputs
        there = [_moved(one.preview.colour, flow) for one, flow in given.beside]
        true = [_moved(np.moveaxis(lit[t + one.offset], 0, 2), flow) for one, flow in given.beside]
        nothing = np.zeros((0, *mean.shape))
        parts = (
            *(shows.log_gain, shows.confidence, shows.context, shows.evened, lit[t]),
            *(np.concatenate([nothing, *one]) for one in (there, true)),
        )
        yield tuple(part.astype(np.float16) for part in parts)


def _moved(colour: Array, flow: Array) -> Array:
    """Colours (h, w, 3) of a neighbour where the centre has them (3, h, w)."""
    return np.moveaxis(warp(np.ascontiguousarray(colour), flow), 2, 0)


def mean_light(shown: Sequence[Preview], clean: Sequence[Preview]) -> Array:
    """The mean gain (h, w) of a clip's flicker, smooth over the frame, where nothing clips.

    The truth is put into this light, which no method can know: left out, it would be most of the
    error and none of what can be learned.
    """
    before, after = (np.stack([one.colour for one in frames]) for frames in (clean, shown))
    unclipped = (np.maximum(before, after).max(axis=3) < _CLIPPED).astype(np.float32)
    logs = np.log((luma_of(after) + _QUIET) / (luma_of(before) + _QUIET))
    count = cv2.GaussianBlur(unclipped.mean(axis=0), (0, 0), _SMOOTH)
    total = cv2.GaussianBlur((unclipped * logs).mean(axis=0), (0, 0), _SMOOTH)
    mean: Array = np.exp(total / np.maximum(count, np.float32(1e-3)))
    return mean


def seen_first(window: Window, estimator: Estimator) -> StageInputs | None:
    """Inputs of GFRM, or None where the window has nothing for it to decide."""
    measured = estimator.measure(window)
    return StageInputs(measured.inputs) if measured.is_open else None


def seen_again(window: Window, estimator: Estimator) -> StageInputs | None:
    """Inputs of TCM and the corrected neighbours; the only one at an end stands on both sides."""
    learned = LearnedStages(temporal_stage=1.0)
    settings = replace(estimator.settings, learned=learned)
    corrected = replace(estimator, settings=settings).corrected_window(window)
    sides = corrected.window.before[:1], corrected.window.after[:1]
    before, after = sides[0] or sides[1], sides[1] or sides[0]
    if corrected.estimate.is_nothing or not before:
        return None
    beside = [
        (one, one.link.forward if one.offset > 0 else one.link.backward)
        for one in (*before, *after)
    ]
    return StageInputs(corrected.inputs, tuple(beside))


def estimator_of(settings: EstimateSettings = SETTINGS) -> Estimator:
    """An estimator with a memory of its own, for one clip."""
    return Estimator(settings, Networks(Sessions()), Memo())


class Windows:
    """The windows of a clip's frames, with each pair of frames followed once."""

    def __init__(self, previews: list[Preview]) -> None:
        self._previews = previews
        self._memo = Memo()

    def at(self, t: int, radius: int) -> Window:
        """The window of frame t."""

        def look(offset: int) -> Preview | None:
            return self._previews[t + offset] if 0 <= t + offset < len(self._previews) else None

        window = gather(
            look,
            lambda first, second: linked(self._memo, first, second),
            lambda _: False,
            radius,
            radius,
            find_cuts=True,
        )
        assert window is not None
        return window


def _preview(frame: Array) -> Preview:
    return measure(ArrayFrame(frame), Region(), Encoding.SRGB, by_maximum=False)
