# SPDX-License-Identifier: Apache-2.0
"""Settings that suit a clip, and two sentences that say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..animation import Animation
from ..effects import Deblotch, Effect
from ..graph import Stage
from .verdict import Verdict

#: Steadiness under bands that roll slowly and between joins; and noise of the measure (stops) from
#: which flicker may be there that was not told, and which the repair takes where it is sure.
_STEADY, _NOISY = 0.8, 0.006
#: Jump of light from which no flash is kept.
_FAR = 0.3
#: How finely bands may differ beside the rows or columns that they lie along: hardly, and a coarser
#: field has more to go by.
_OF_BANDS = 4
#: Values that Auto decides on, by parameter, with those of a clip that has nothing.
_USUAL: Mapping[str, Any] = {
    "steadiness": 0.5, "keep_above": 1.0, "local": 1.0, "resolution": 6, "bands": "rows",
    "joins": "keep",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """Values by parameter, and why."""

    values: Mapping[str, Any]
    sentence: str

    def applied(self, stage: Stage) -> Stage:
        """The stage with the values."""
        own = stage.animations
        return stage.with_values(
            {name: Animation.of(own[name].spec, value) for name, value in self.values.items()}
        )


def advise(found: Verdict, effect: type[Effect]) -> Advice:
    """Settings of `effect` for a clip."""
    stage = Stage.default(effect)
    wanted = _wanted(found, effect)
    known = {name: value for name, value in wanted.items() if name in stage.animations}
    return Advice(known, f"{_saw(found)}. {_did(found, effect)}.")


def _wanted(found: Verdict, effect: type[Effect]) -> dict[str, Any]:
    """Values for all effects, by parameter."""
    wanted = dict(_USUAL)
    wanted["flicker"] = 1.0 if found.flickers or _is_unsure(found) else 0.0
    wanted["repair"] = 1.0 if found.blotches else 0.0
    wanted["strength"] = wanted["repair" if effect is Deblotch else "flicker"]
    wanted["held"] = 3 if found.is_held else 1
    if found.joins or found.rolls:
        wanted["steadiness"] = _STEADY
    if found.jump > _FAR:
        wanted["keep_above"] = 2.0
    if found.bands:
        wanted["bands"] = "columns" if found.along_columns else "rows"
        wanted["resolution"] = _OF_BANDS
    elif found.local:
        wanted["bands"] = "off"
    if found.joins:
        wanted["joins"] = "even_out"
    return wanted


def _is_unsure(found: Verdict) -> bool:
    """Whether light was measured too coarsely to say that there is no flicker."""
    return found.noise >= _NOISY and not found.flickers


def _saw(found: Verdict) -> str:
    """The first sentence, without its stop."""
    seen = []
    if found.bands:
        way = "columns" if found.along_columns else "rows"
        seen.append(f"bands along the {way} of {found.bands:.2f} stops")
    if found.local:
        seen.append(f"flicker of {found.local:.2f} stops that differs over the frame")
    if found.jump:
        seen.append(f"light that jumps by {found.jump:.2f} stops from frame to frame")
    if found.colour:
        seen.append(f"colour that jumps by {found.colour:.2f} stops from frame to frame")
    if found.wander:
        seen.append(f"light that wanders by {found.wander:.2f} stops")
    if found.joins:
        seen.append(_counted(found.joins, "join") + " of chunks")
    if found.blotches:
        seen.append("about " + _counted(round(found.blotches), "blotch", "es") + " in a frame")
    beside = [
        (found.cuts > 0, _counted(found.cuts, "cut")),
        (found.is_held, "frames that are shown again"),
        (found.is_combed, "fields (undo pulldown first, or give their order)"),
        (found.weave > 0, "a picture that weaves (stabilise it afterwards)"),
        (found.has_borders, "black borders"),
    ]
    seen += [text for is_there, text in beside if is_there]
    return "The clip shows " + _listed(seen) if seen else "The clip shows neither flicker nor dirt"


def _did(found: Verdict, effect: type[Effect]) -> str:
    """The second sentence, without its stop."""
    names = Stage.default(effect).animations
    done = []
    if "local" in names and found.flickers:
        done.append("flicker is evened out")
    if "local" in names and _is_unsure(found):
        done.append("flicker, of which motion may hide some, is evened out where it is sure")
    if ("repair" in names or effect is Deblotch) and found.blotches:
        done.append("blotches are repaired")
    if "joins" in names and found.joins:
        done.append("joins are evened out, once the clip is analysed")
    return "So " + _listed(done) if done else f"So {effect.label} leaves it as it is"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}" + ("" if number == 1 else plural)
