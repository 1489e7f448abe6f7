# SPDX-License-Identifier: Apache-2.0
"""Parameters that say what a mask is for, held against whether there is one."""

from __future__ import annotations

from collections.abc import Collection

from .animation import Animation
from .errors import ParamError
from .graph import Stage


def with_mask(stage: Stage, chosen: Collection[str], *, is_given: bool) -> Stage:
    """With the mask used where one is given, unless a parameter that was `chosen` says otherwise.

    Raises ParamError where mask and parameters disagree.
    """
    animations = dict(stage.animations)
    if "use_mask" in animations:
        animations["use_mask"] = _mask_use(animations["use_mask"], is_given, "use_mask" in chosen)
    if "matte" in animations:
        _check_matte(animations["matte"], is_given)
    return stage.with_values(animations)


def _mask_use(use: Animation, is_given: bool, is_chosen: bool) -> Animation:
    """A mask that is given is used, unless it is said otherwise; one that is used must be given."""
    if is_given and not is_chosen and not any(use.values):
        return Animation.parse(use.spec, "on")
    if not is_given and any(use.values):
        raise ParamError("use_mask is on and there is no mask; name one with --mask CLIP")
    return use


def _check_matte(matte: Animation, is_given: bool) -> None:
    """A mask needs a purpose, and a purpose needs a mask."""
    is_wanted = any(value != "none" for value in matte.values)
    if is_given and not is_wanted:
        raise ParamError("say what the mask is for: --matte add (repair there) or --matte forbid")
    if is_wanted and not is_given:
        raise ParamError("matte is set and there is no mask; name one with --mask CLIP")
