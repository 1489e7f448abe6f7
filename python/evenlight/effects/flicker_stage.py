# SPDX-License-Identifier: Apache-2.0
"""The flicker stage of Deflicker and Restore: an estimate from the window, or from an analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..analysis import Record, Search
from ..analysis.record import thumbnail
from ..analysis.search import NEAR, NEAR_AT_OTHER_SIZE
from ..colour.encoding import Encoding, resolve
from ..colour.tone import curves_of
from ..errors import Aborted, AnalysisError, FrameError, ModelError
from ..flicker.estimate import Correction, FlickerEstimate
from ..flicker.estimator import Estimator
from ..flicker.gain_map import gain_map_of
from ..flicker.joins import light_step
from ..flicker.settings import Colour, FlickerSettings, Joins
from ..frames import Array, Frame, FrameSource, Outcome, RenderRequest
from ..kernels.pixels import apply_curves
from ..motion.fields import Solver
from ..motion.links import linked
from ..motion.preview import Preview, measured
from ..motion.window import Cuts, Window, gather
from .analysis_record import (
    LightOfClip,
    frame_number,
    light_of_clip,
    settings_of_analysis,
    with_joins,
)
from .parameters import marks_of
from .resources import Resources

_OTHER_DECODER = (
    "the pictures differ a little from those that were analysed, as another decoder's do; the "
    "analysis is used all the same"
)
_NO_JOINS = (
    "joins are kept: they are found in the whole clip, which no window shows. Analyse it (Analyse "
    "clip, or `evenlight analyse`) and name the Analysis file"
)


@dataclass(frozen=True, slots=True)
class FoundFlicker:
    """A frame's flicker, and the window it was estimated from, where one was looked at."""

    estimate: FlickerEstimate
    window: Window | None
    estimator: Estimator  # that would, or did, estimate it
    notice: str  # for the user, or nothing
    fell_back: bool = False  # as of `Outcome`

    @property
    def outcome(self) -> Outcome:
        """The stage's part of the frame's outcome."""
        return Outcome(self.notice, self.fell_back)


@dataclass(frozen=True, slots=True)
class FlickerStage:
    """The stage for one frame."""

    frames: FrameSource
    request: RenderRequest
    settings: FlickerSettings
    resources: Resources

    @property
    def encoding(self) -> Encoding:
        """The encoding of the clip, never AUTO."""
        return resolve(self.settings.encoding, self.request.encoding)

    @property
    def estimator(self) -> Estimator:
        """The estimator that the settings ask for."""
        networks = self.resources.networks(self.settings.device)
        return Estimator(self.settings.estimate, networks, self.resources.memo)

    def find(self, source: Frame) -> FoundFlicker:
        """The flicker of `source`: of the analysis where one is used, else of the window.

        A picture of another size, as previews are, is known by what it looks like.

        Raises AnalysisError where the analysis is one of another picture, ModelError where a
        network cannot run and nothing may stand in for it, Aborted on demand.
        """
        search = self.request.search
        if not isinstance(search, Search):
            return self._without_analysis(source)
        alone, is_other_size = self.request.alone, source.shape[:2] != search.analysis.shape[:2]
        within = NEAR_AT_OTHER_SIZE if is_other_size else NEAR if alone else 0.0
        try:
            record, is_same = self._search(search, self.preview(source, 0), within)
        except AnalysisError:
            if alone or not is_other_size:
                raise
            found = self._without_analysis(source)
            notice = f"{search.other_size(source.shape)}. The neighbours are read instead"
            return replace(found, notice=". ".join(filter(None, (notice, found.notice))))
        notice = "" if is_same or is_other_size else _OTHER_DECODER
        return FoundFlicker(record.estimate, None, self.estimator, notice)

    def _search(self, search: Search, centre: Preview, within: float) -> tuple[Record, bool]:
        settings, memo = self.settings, self.resources.memo

        def read() -> tuple[Record, bool, LightOfClip | None]:
            return *search.find(centre, within), light_of_clip(search, settings, memo)

        record, is_same, light = self.resources.read(settings.analysis, read, self.frames.aborted)
        return record if light is None else with_joins(record, light, memo), is_same

    def analyse(self, source: Frame) -> Record:
        """The record of `source` for an analysis.

        Nothing stands in for a network, for an analysis serves where networks run, too. Raises
        ModelError where a network is wanted that cannot run, Aborted on demand.
        """
        window = self.window(source)
        return Record(
            frame=frame_number(self.request.time) + self.settings.analysis_offset,
            conditions=settings_of_analysis(self.request, self.settings),
            shape=source.shape,
            digest=window.centre.digest,
            thumbnail=thumbnail(window.centre),
            estimate=self.estimator.estimate(window),
            step=light_step(window),
        )

    def window(self, source: Frame) -> Window:
        """The frames of the shot around `source`; raises Aborted when the host asks to stop."""
        settings, memo = self.settings, self.resources.memo
        marks = marks_of(self.request, settings.cuts)

        def look(offset: int) -> Preview | None:
            if self.frames.aborted():
                raise Aborted
            if not self.request.walk:
                return self._fetch(source, offset)
            place = source.shape, source.corner
            key = ("walk", self.request.walk, self.request.time + offset, *place)
            return memo.get((*key, *self._measuring), lambda: self._fetch(source, offset))

        window = gather(
            look,
            lambda first, second: linked(memo, first, second, settings.bands),
            lambda offset: bool(marks.get(offset, False)),
            settings.radius,
            settings.radius,
            find_cuts=settings.cuts is Cuts.AUTO,
        )
        if window is None:
            raise FrameError(f"the clip has no frame at {self.request.time:g}")
        return window

    def preview(self, frame: Frame, offset: int) -> Preview:
        """The preview of the frame at an offset from the current one."""
        return measured(
            self.resources.memo,
            frame,
            self.request.time + offset,
            self.settings.rows_and_columns,
            self.encoding,
            by_maximum=self.settings.colour is Colour.LUMINANCE,
        )

    @property
    def _measuring(self) -> tuple[object, ...]:
        """All that a preview depends on beside its frame."""
        return self.settings.region, self.encoding, self.settings.colour

    def _fetch(self, source: Frame, offset: int) -> Preview | None:
        frame = source if offset == 0 else self.frames.fetch(self.request.time + offset)
        if frame is None or frame.shape != source.shape:
            return None
        return self.preview(frame, offset)

    def _without_analysis(self, source: Frame) -> FoundFlicker:
        found = self._from_window(source)
        if self.settings.joins is Joins.KEEP:
            return found
        return replace(found, notice=". ".join(filter(None, (_NO_JOINS, found.notice))))

    def _from_window(self, source: Frame) -> FoundFlicker:
        window, estimator = self.window(source), self.estimator
        try:
            estimate = estimator.estimate(window)
        except ModelError as error:
            if not self.settings.fall_back:
                raise
            plain = replace(estimator.settings, learned=None, solver=Solver.EXACT)
            estimator = replace(estimator, settings=plain)
            notice = f"classical method, exact solver: {error}"
            estimate = estimator.estimate(window)
            return FoundFlicker(estimate, window, estimator, notice, fell_back=True)
        notice = estimator.networks.notice if self.settings.uses_networks else ""
        return FoundFlicker(estimate, window, estimator, notice)


def apply_correction(
    stage: FlickerStage,
    correction: Correction,
    pixels: Array,
    out: Array,
    *,
    premultiplied: bool,
    mask: Array | None = None,
    invert_mask: bool = False,
) -> None:
    """Write the stage's window of `pixels` (H, W, C) to `out` (h, w, C), corrected."""
    by_maximum = stage.settings.colour is Colour.LUMINANCE
    apply_curves(
        pixels,
        curves_of(correction.gains, stage.encoding, by_maximum=by_maximum),
        out,
        gain_map=gain_map_of(correction.field, stage.encoding, (pixels.shape[0], pixels.shape[1])),
        origin=stage.request.origin,
        premultiplied=premultiplied,
        mask=mask,
        invert_mask=invert_mask,
    )
