# SPDX-License-Identifier: Apache-2.0
"""Detection of blotches in one frame, in two passes: at last with cleaned neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..flicker.estimate import Correction
from ..frames import Array
from ..inference.networks import Networks
from ..kernels import opencv
from ..memo import Memo
from ..motion.dense import structure_flow, structure_of
from .candidates import Candidate, candidates, whole
from .copies import Around
from .decisions import Decisions, decided
from .differences import Beyond, DifferenceMaps, Side, difference_maps
from .features import NAMES
from .flight import Pieces, flies, pieces_of
from .overlap import apart, mask_of, overlap
from .preview import BlotchPreview, in_light, light_between
from .prior import corrected
from .score import Model, trained
from .settings import Wanted
from .shot import Reach, reach_of
from .standing import stands

_UNSURE = NAMES.index("ring_inconsistency")
#: Forward-backward inconsistency around a candidate (pixels) from which motion is not surer known.
_LEAST_SURE = 2.0
#: Log odds that a candidate must have more where both neighbours lie on one side: what is first
#: seen there may have been uncovered.
_ONE_SIDED = 2.75
_ONE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class BlotchNeighbour:
    """A frame beside the current one, as the fill needs it."""

    offset: int
    light: Correction  # brings it into the current frame's light
    flow: Array  # (h, w, 2) to it, in pixels of the preview
    luma: Array  # in the current frame's light, its own blotches filled roughly
    original: Array  # the same as it was
    dirty: Array  # (h, w) bool, its own blotches, and what is not known of it


@dataclass(frozen=True, slots=True)
class Detection:
    """The blotches of one frame."""

    evidence: DifferenceMaps
    blotches: tuple[Candidate, ...]
    neighbours: tuple[BlotchNeighbour, ...]  # the two that judge first
    #: Candidates that the user looks for and that are no blotches, their log odds below the limit.
    others: tuple[Candidate, ...] = ()
    #: Candidates that are sure enough too and overlap a likelier blotch: they take its place where
    #: they are larger, or where it cannot be repaired.
    seconds: tuple[Candidate, ...] = ()
    least: float = -np.inf  # log odds that are asked for


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A neighbour with its own blotches filled roughly."""

    luma: Array  # (h, w)
    mask: Array  # (h, w) bool
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Detector:
    """Detection with the networks of one device; `memo` keeps what neighbouring frames share."""

    memo: Memo
    networks: Networks

    def find(
        self,
        around: Around,
        wanted: Wanted,
        look: int,
        added: Array | None = None,
        decisions: Decisions | None = None,
    ) -> Detection | None:
        """The blotches of the current frame; None where there are no two neighbours to judge by.

        What is `added` (h, w) bool is taken for a blotch whatever it looks like, and where there
        are decisions they count more than what is seen. Raises ModelError where the network cannot
        run.
        """
        reach = reach_of(self.memo, around, look, find_cuts=wanted.find_cuts)
        if reach.sides is None:
            return None
        cleaned: dict[int, Cleaned] = {}
        if look > 1:
            cleaned = {o: self._cleaned(around, o, reach) for o in reach.sides}
        found = self._judge(around, reach.sides, wanted, cleaned, added, reach.further)
        if decisions is None:
            return found
        return replace(found, blotches=decided(found.blotches, found.others, decisions))

    def _cleaned(self, around: Around, offset: int, reach: Reach) -> Cleaned:
        """A neighbour, cleaned by its own neighbours."""

        def shifted(other: int) -> BlotchPreview | None:
            return around(offset + other)

        here = _present(shifted, 0)
        beside = reach.around(offset)
        if beside is None:
            return _uncleaned(here)
        sides = beside[0] - offset, beside[1] - offset
        names = tuple((o, _present(shifted, o).digest) for o in sides)
        key = ("cleaned", self.networks.device, here.digest, *names)
        return self.memo.get(key, lambda: self._first_pass(shifted, here, sides))

    def _first_pass(self, around: Around, here: BlotchPreview, sides: tuple[int, int]) -> Cleaned:
        found = self._judge(around, sides, Wanted(), {}, None, ())
        mask = mask_of(found.blotches, here.luma.shape)
        mask = opencv.dilate(mask.astype(np.uint8), _ONE).astype(bool)
        luma = np.where(mask, found.evidence.fill, here.luma)
        return Cleaned(luma, mask, pieces_of(found.blotches))

    def _judge(
        self,
        around: Around,
        offsets: tuple[int, int],
        wanted: Wanted,
        cleaned: dict[int, Cleaned],
        added: Array | None,
        further: tuple[int, ...],
    ) -> Detection:
        centre = _present(around, 0)
        near = [self._neighbour(around, o, centre, cleaned.get(o)) for o in offsets]
        beyond = [self._neighbour(around, o, centre, None) for o in further]
        sides = self._side(around, near[0], centre), self._side(around, near[1], centre)
        across = self._across(around, offsets, sides, are_cleaned=bool(cleaned))
        further_ones = [
            Beyond(one.luma, structure_of(one.luma), _present(around, one.offset).known)
            for one in beyond
        ]
        maps = difference_maps(centre.luma, sides, further_ones, across=across, added=added)
        lumas = tuple(one.luma for one in (*near, *beyond))
        sure, others = self._chosen(maps, lumas, wanted, centre)
        if maps.is_another_picture:
            sure, others = [], [*sure, *others]
        originals = near[0].original, near[1].original
        standing = [stands(one, maps.luma, originals) for one in sure]
        sure, left = _parted(sure, standing)
        chosen = apart(sure, np.array([one.odds for one in sure]))
        if cleaned and maps.opposite:
            beside = cleaned[offsets[0]].pieces, cleaned[offsets[1]].pieces
            flying = flies(chosen, beside, maps.flows[:2])
            chosen, passing = _parted(chosen, flying)
            left += passing
        others += left
        seconds = _seconds(sure, chosen)
        if added is not None:
            chosen += whole(added)
        neighbours = [
            replace(one, flow=flow) for one, flow in zip((*near, *beyond), maps.flows, strict=True)
        ]
        return Detection(
            maps, tuple(chosen), tuple(neighbours), tuple(others), seconds, wanted.log_odds
        )

    def _neighbour(
        self, around: Around, offset: int, centre: BlotchPreview, cleaned: Cleaned | None
    ) -> BlotchNeighbour:
        """A neighbour in the light of the current frame, without its flow."""
        frame = _present(around, offset)
        light = light_between(self.memo, frame, centre, earlier=offset < 0)
        if cleaned is None:
            cleaned = _uncleaned(frame)
        nowhere = np.empty(0, np.float32)
        dirty = cleaned.mask if frame.known is None else cleaned.mask | ~frame.known
        original = in_light(frame.luma, light)
        luma = in_light(cleaned.luma, light) if cleaned.mask.any() else original
        return BlotchNeighbour(offset, light, nowhere, luma, original, dirty)

    def _side(self, around: Around, neighbour: BlotchNeighbour, centre: BlotchPreview) -> Side:
        frame = _present(around, neighbour.offset)
        forth, back = self._flow(centre, frame), self._flow(frame, centre)
        return Side(neighbour.luma, structure_of(neighbour.luma), forth, back, frame.known)

    def _across(
        self,
        around: Around,
        offsets: tuple[int, int],
        sides: tuple[Side, Side],
        *,
        are_cleaned: bool,
    ) -> Array | None:
        """Flow from the earlier neighbour to the later one; None where both are on one side."""
        if not offsets[0] < 0 < offsets[1]:
            return None
        if are_cleaned:
            return structure_flow(sides[0].structure, sides[1].structure)
        return self._flow(_present(around, offsets[0]), _present(around, offsets[1]))

    def _chosen(
        self,
        maps: DifferenceMaps,
        beside: tuple[Array, ...],
        wanted: Wanted,
        centre: BlotchPreview,
    ) -> tuple[list[Candidate], list[Candidate]]:
        """The candidates that count, which may overlap; and those that are not sure enough."""
        found = candidates(maps, beside, self.networks)
        found = [one for one in found if _counts(one, wanted, centre)]
        if not found or not np.isfinite(wanted.log_odds):
            return found, []
        odds = self._odds(np.stack([one.features for one in found]), wanted, maps.opposite)
        found = [replace(one, odds=float(own)) for one, own in zip(found, odds, strict=True)]
        sure = odds >= wanted.log_odds
        counts, fails = ([found[i] for i in np.flatnonzero(which)] for which in (sure, ~sure))
        return counts, fails

    def _odds(self, features: Array, wanted: Wanted, opposite: bool) -> Array:
        """Log odds (n,) that the candidates of a frame are blotches, as they are asked for."""
        model: Model = self.memo.get(("blotch score",), trained)
        unsure = np.minimum(features[:, _UNSURE] / _LEAST_SURE, 1)
        odds = corrected(model(features)) - wanted.protection * unsure
        return odds if opposite else odds - _ONE_SIDED

    def _flow(self, first: BlotchPreview, second: BlotchPreview) -> Array:
        key = "luma flow", first.digest, second.digest
        return self.memo.get(key, lambda: structure_flow(first.structure, second.structure))


def _parted(
    candidates: list[Candidate], stays: Sequence[bool]
) -> tuple[list[Candidate], list[Candidate]]:
    """Those that may go, and those of which each `stays`."""
    pairs = list(zip(candidates, stays, strict=True))
    return [one for one, does in pairs if not does], [one for one, does in pairs if does]


def _seconds(sure: list[Candidate], chosen: list[Candidate]) -> tuple[Candidate, ...]:
    """Those that are sure and not chosen, for they overlap a likelier one."""
    left = [one for one in sure if not any(one is other for other in chosen)]
    return tuple(one for one in left if any(overlap(one, other) for other in chosen))


def _uncleaned(frame: BlotchPreview) -> Cleaned:
    return Cleaned(frame.luma, np.zeros(frame.luma.shape, bool), pieces_of(()))


def _present(around: Around, offset: int) -> BlotchPreview:
    frame = around(offset)
    assert frame is not None, "the reach holds only frames that are there"
    return frame


def _counts(candidate: Candidate, wanted: Wanted, preview: BlotchPreview) -> bool:
    """Whether the user looks for such a candidate at all."""
    if not (wanted.dark if candidate.dark else wanted.bright):
        return False
    diameter = 2 * np.sqrt(candidate.area / np.pi) / preview.luma.shape[0]
    return bool(wanted.smallest <= diameter <= wanted.largest)
