# SPDX-License-Identifier: Apache-2.0
"""A frame in an analysis: its search, the settings it was made with, and joins of its clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..analysis import Analysis, AnalysisSettings, Record, Search
from ..colour.encoding import Encoding, resolve
from ..errors import AnalysisError
from ..flicker.evening import EvenedShot, evened_shots
from ..flicker.joins import LightStep
from ..flicker.local import Field
from ..flicker.settings import FlickerSettings, Joins, Method
from ..frames import Array, RenderRequest
from ..memo import Memo
from .parameters import marks_of


def search_of(request: RenderRequest, settings: FlickerSettings, memo: Memo) -> Search | None:
    """The search for the frame in the analysis that the settings name; None where they name none.

    By its number, and where no other frame can be had by what it looks like alone. Raises
    AnalysisError where the analysis does not serve.
    """
    if not settings.analysis:
        return None
    search = Search(
        open_analysis(settings.analysis, memo),
        settings_of_analysis(request, settings),
        frame_number(request.time) + settings.analysis_offset,
    )
    search.check(by_number=not request.alone)
    return search


@dataclass(frozen=True, slots=True)
class LightOfClip:
    """Light of all frames of a clip, as an analysis holds it."""

    version: tuple[str, int, int, int]  # of the file
    frames: list[int]  # their numbers, rising
    steps: list[LightStep]
    thumbnails: Array  # (n, h, w, 3) display values


def light_of_clip(search: Search, settings: FlickerSettings, memo: Memo) -> LightOfClip | None:
    """The light of the whole clip, where joins are evened out; None where they are kept.

    Raises AnalysisError where the file is damaged.
    """
    if settings.joins is Joins.KEEP:
        return None
    version = version_of(settings.analysis)
    read = search.analysis.light
    return memo.get(("light of clip", *version), lambda: LightOfClip(version, *read()))


def with_joins(record: Record, light: LightOfClip, memo: Memo) -> Record:
    """The record, with joins evened out where its shot has any."""

    def find() -> dict[int, tuple[EvenedShot, int]]:
        return evened_shots(light.frames, light.steps, light.thumbnails)

    found = memo.get(("evened joins", *light.version), find).get(record.frame)
    if found is None:
        return record
    shot, place = found
    wanted = record.conditions
    # The flicker of the whole is told anew, for joins are no part of it.
    deficit = shot.deficit(place, wanted.radius, wanted.steadiness, wanted.keep_above)
    field = record.estimate.field
    if field is not None:
        field = Field(field.basis, field.coefficients * (field.basis.families > 0))
    estimate = replace(record.estimate, relative_deficit=deficit, field=field)
    return replace(record, estimate=estimate)


def open_analysis(path: str, memo: Memo) -> Analysis:
    """The analysis at `path`, opened once for as long as the file stays as it is."""
    try:
        key = "analysis", *version_of(path)
    except OSError:
        return Analysis.open(path)  # which says what is wrong
    found = memo.get(key, lambda: _opened(path))
    if isinstance(found, AnalysisError):
        raise AnalysisError(str(found))  # one for each frame: an error holds on to its frame
    return found


def version_of(path: str) -> tuple[str, int, int, int]:
    """The file, as long as it stays as it is."""
    status = Path(path).stat()
    return str(Path(path).resolve()), status.st_mtime_ns, status.st_size, status.st_ino


def _opened(path: str) -> Analysis | AnalysisError:
    """The analysis, or why it cannot be used, which is found out once, too."""
    try:
        return Analysis.open(path)
    except AnalysisError as error:
        return AnalysisError(str(error))


def frame_number(time: float) -> int:
    """A frame's number; raises AnalysisError between two frames."""
    if abs(time - round(time)) > 1e-6:
        raise AnalysisError(f"time {time:g} lies between two frames, and analyses are of frames")
    return round(time)


def settings_of_analysis(request: RenderRequest, settings: FlickerSettings) -> AnalysisSettings:
    """All that the frame's estimate depends on beside pixels, equal where estimates are."""
    wanted = settings.estimate
    encoding = resolve(settings.encoding, request.encoding)
    on_display = encoding in (Encoding.SRGB, Encoding.REC709)
    local, learned = wanted.basis is not None, wanted.learned
    return AnalysisSettings(
        radius=wanted.radius,
        colour=str(settings.colour),
        keep_above=float(wanted.keep_above),
        steadiness=float(wanted.steadiness),
        local=local,
        resolution=settings.resolution if local else 0,
        bands=str(settings.bands),
        solver=str(wanted.solver) if local else "",
        method=str(Method.LEARNED if learned else Method.CLASSICAL),
        stages=(float(learned.light_stage), float(learned.temporal_stage))
        if learned
        else (0.0, 0.0),
        cuts=str(settings.cuts),
        encoding="display" if on_display else str(encoding),
        region=settings.region,
        shot=_marked(request, settings),
    )


def _marked(request: RenderRequest, settings: FlickerSettings) -> tuple[int | None, int | None]:
    """Marked frames on or before, and after, the current one, where the window holds any.

    A walk backwards ends after a marked frame, one forwards before it.
    """
    here = frame_number(request.time) + settings.analysis_offset
    radius = settings.radius
    marked = [offset for offset, mark in marks_of(request, settings.cuts).items() if mark]
    before = [offset for offset in marked if -radius < offset <= 0]
    after = [offset for offset in marked if 0 < offset <= radius]
    return here + max(before) if before else None, here + min(after) if after else None
