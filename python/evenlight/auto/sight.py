# SPDX-License-Identifier: Apache-2.0
"""A run of frames of a clip, looked at by the same code that repairs it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise

import numpy as np

from ..effects import Resources
from ..effects.blotch_stage import BlotchStage
from ..effects.deblotch import DeblotchParams, blotch_settings
from ..effects.deflicker import DeflickerParams, flicker_settings
from ..effects.flicker_stage import FlickerStage
from ..errors import ParamError
from ..flicker.estimator import Estimator
from ..flicker.joins import light_step
from ..frames import Array, Frame, FrameSource, RenderRequest
from ..kernels.elementwise import LN_2
from ..motion.fields import Bands
from ..motion.links import Link, linked
from ..motion.preview import Preview
from ..motion.window import Neighbour, recentred
from ..plain_data import from_json
from .beside import laid_beside

#: Frames of a run of which one is measured for its field, and one for its dirt.
_FIELD_EVERY, _DIRT_EVERY = 8, 10
#: Neighbours on each side that a frame is laid beside by itself.
_BESIDE = 2
#: Families of terms of a field that are bands: see `motion.fields.Basis.families`.
_BANDS = {Bands.ROWS: 3, Bands.COLUMNS: 4}


#: Auto looks at runs of so many frames, each with the first of the next, and at so many of them.
RUN, RUNS = 24, 10


@dataclass(frozen=True, slots=True)
class Sight:
    """Measures of one run; everything is a number or a list of numbers, so that it can travel."""

    first: int
    frames: int
    cuts: int
    held: int  # frames that show the picture of the one before
    #: Of each frame against the one before: stops of each channel by the mean of the scene and by
    #: gain alone, and the part that the whole scene takes; an empty row where a shot begins.
    steps: list[list[float]]
    noise: float  # stops with which a step is measured
    #: Of single frames: deviation in stops of what differs over the frame, by the lowest waves and
    #: by bands along rows and columns.
    local: list[float]
    rows: list[float]
    columns: list[float]
    #: The same against the nearest alone, by `laid_beside`, with bands along rows and columns.
    beside: list[list[float]]
    #: Blotches of single frames: their number, and the share of the frame.
    blotches: list[float]
    dirt: list[float]
    weave: float  # unsteadiness, in % of the height
    combing: float  # difference of odd and even lines over that of lines two apart
    borders: list[float]  # left, right, top, bottom, shares of the frame

    @property
    def text(self) -> str:
        """One line, which `read` takes."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, line: str) -> Sight:
        """The sight of a line; raises ParamError where it is none."""
        data = from_json(line)
        names = {one.name for one in fields(cls)}
        if not isinstance(data, dict) or set(data) != names:
            raise ParamError("this is no measure of a clip")
        return cls(**data)


def runs_of(numbers: range) -> tuple[range, ...]:
    """Runs of frames to look at: all of a short clip, parts spread over a long one."""
    whole = max(1, len(numbers) // RUN)
    count = min(whole, RUNS)
    spread = whole > RUNS
    starts = [i * (len(numbers) - RUN) // (count - 1) if spread else i * RUN for i in range(count)]
    return tuple(numbers[start : start + RUN + 1] for start in starts)


def look(
    frames: FrameSource, first: int, count: int, encoding: str, resources: Resources
) -> Sight | None:
    """The measures of `count` frames from `first` on; None where the clip has none there.

    Raises Aborted on demand, ModelError where the network of blotches cannot run.
    """
    run = _Run(frames, first, count, encoding, resources)
    shots = run.shots()
    if not shots:
        return None
    longest = max(shots, key=len)
    local, rows, columns, beside = run.fields(longest)
    blotches, dirt = run.dirt(longest)
    middle = longest[len(longest) // 2]
    return Sight(
        first=first,
        frames=sum(map(len, shots)),
        cuts=len(shots) - 1,
        held=sum(one.link is not None and one.link.is_held for shot in shots for one in shot),
        steps=[step for shot in shots for step in _steps(shot)],
        noise=_noise(longest),
        local=local,
        rows=rows,
        columns=columns,
        beside=beside,
        blotches=blotches,
        dirt=dirt,
        weave=_weave(longest),
        combing=_combing(run.frames.fetch(first + middle.offset)),
        borders=_borders(longest),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    frames: FrameSource
    first: int
    count: int
    encoding: str
    resources: Resources

    @property
    def _stage(self) -> FlickerStage:
        settings = flicker_settings(DeflickerParams(radius=60))
        return FlickerStage(self.frames, self._request(self.first), settings, self.resources)

    def _request(self, time: int) -> RenderRequest:
        return RenderRequest(time, encoding=self.encoding)

    def shots(self) -> list[list[Neighbour]]:
        """The frames in order, with the link to the one before, apart at cuts."""
        shots: list[list[Neighbour]] = []
        last: Preview | None = None
        for offset in range(self.count):
            frame = self.frames.fetch(self.first + offset)
            if frame is None:
                last = None
                continue
            here = self._stage.preview(frame, offset)
            link = None
            if last is not None and last.colour.shape == here.colour.shape:
                link = linked(self.resources.memo, last, here)
            if link is None or not link.same_shot:
                shots.append([Neighbour(offset, here, None)])  # type: ignore[arg-type]
            else:
                shots[-1].append(Neighbour(offset, here, link))
            last = here
        return shots

    def fields(
        self, shot: list[Neighbour]
    ) -> tuple[list[float], list[float], list[float], list[list[float]]]:
        """Deviation in stops of the lowest waves, of bands along rows and along columns.

        Last the same against the nearest frames alone.
        """
        local: list[float] = []
        beside: list[list[float]] = []
        bands: dict[Bands, list[float]] = {Bands.ROWS: [], Bands.COLUMNS: []}
        for index in range(1, len(shot) - 1, _FIELD_EVERY):
            for direction, found in bands.items():
                families = self._families(shot, index, direction)
                found.append(families[_BANDS[direction]])
                if direction is Bands.ROWS:
                    local.append(float(np.hypot(families[1], families[2])))
            near = recentred(_centred(shot), index, _BESIDE)
            beside.append([part for direction in bands for part in laid_beside(near, direction)])
        return local, bands[Bands.ROWS], bands[Bands.COLUMNS], beside

    def _families(self, shot: list[Neighbour], index: int, direction: Bands) -> list[float]:
        settings = replace(self._stage.settings, bands=direction)
        networks = self.resources.networks()
        estimator = Estimator(settings.estimate, networks, self.resources.memo)
        field = estimator.estimate(recentred(_centred(shot), index)).field
        if field is None:
            return [0.0] * 5
        families = field.basis.families
        squares = np.square(field.coefficients) / (LN_2 * LN_2)
        return [float(np.sqrt(squares[families == family].sum())) for family in range(5)]

    def dirt(self, shot: list[Neighbour]) -> tuple[list[float], list[float]]:
        """Number and share of the frame of the blotches of single frames."""
        settings = blotch_settings(DeblotchParams())
        numbers, shares = [], []
        for neighbour in shot[_DIRT_EVERY // 2 :: _DIRT_EVERY]:
            time = self.first + neighbour.offset
            frame = self.frames.fetch(time)
            if frame is not None:
                request = self._request(time)
                stage = BlotchStage(self.frames, request, settings, self.resources)
                repair = stage.find(frame).repair
                numbers.append(float(len(repair.patches)))
                shares.append(float(repair.matte.mean()))
        return numbers, shares


def _centred(shot: list[Neighbour]) -> list[Neighbour]:
    """The shot as a window has it from before its first frame: each has the link to the one before.

    `recentred` takes the link between two frames from the later one where offsets are positive.
    """
    return [replace(one, offset=one.offset + 1) for one in shot]


def _steps(shot: list[Neighbour]) -> list[list[float]]:
    found: list[list[float]] = [[]]
    for before, here in pairwise(shot):
        window = recentred(_centred([before, here]), 1)
        step = light_step(window)
        stops = [-float(value) for value in here.link.light.stops]
        found.append([*stops, *map(float, step.gains), *map(float, step.shared)])
    return found


def _links(shot: list[Neighbour]) -> list[Link]:
    return [one.link for one in shot[1:]]


def _noise(shot: list[Neighbour]) -> float:
    found = [link.light.noise for link in _links(shot)]
    return float(np.sqrt(np.median(found))) if found else 0.0


def _weave(shot: list[Neighbour]) -> float:
    """Median of |second difference| of the picture's place, in % of the height."""
    shifts = np.array([np.median(link.forward, axis=(0, 1)) for link in _links(shot)])
    if len(shifts) < 3:
        return 0.0
    jerks = np.abs(np.diff(shifts, axis=0)).max(axis=1)
    return float(100 * np.median(jerks) / shot[0].preview.colour.shape[0])


def _combing(frame: Frame | None) -> float:
    """Difference of neighbouring lines over that of lines two apart; above 1 where fields weave."""
    if frame is None or frame.shape[0] < 8:
        return 0.0
    pixels = np.asarray(frame.pixels()[..., :3], np.float32).mean(axis=2)
    one, two = np.abs(np.diff(pixels, axis=0)).mean(), np.abs(pixels[2:] - pixels[:-2]).mean()
    return float(one / max(float(two), 1e-6))


def _borders(shot: list[Neighbour]) -> list[float]:
    """Shares of width and height at left, right, top and bottom that stay black."""
    lit = np.max([one.preview.colour.max(axis=2) for one in shot], axis=0) > _BLACK
    found = []
    for axis in (0, 1):
        seen = np.flatnonzero(lit.any(axis=axis))
        size = lit.shape[1 - axis]
        found += [seen[0] / size, 1 - (seen[-1] + 1) / size] if len(seen) else [0.0, 0.0]
    return [float(share) for share in found]


#: Display value up to which a border is black.
_BLACK = 0.06


def paths(sights: list[Sight]) -> list[Array]:
    """Stops (n, 9) from frame to frame of each shot, through runs that follow each other."""
    shots: list[list[list[float]]] = []
    for before, sight in zip([None, *sights], sights, strict=False):
        follows = before is not None and before.first + before.frames - 1 == sight.first
        for place, step in enumerate(sight.steps):
            if step:
                shots[-1].append(step)
            elif not (place == 0 and follows and shots):
                shots.append([])
    return [np.array(shot) for shot in shots if shot]
