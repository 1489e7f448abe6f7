# SPDX-License-Identifier: Apache-2.0
"""Names that the probe asks for: those of the property sets, and the arguments of each action."""

from __future__ import annotations

from collections.abc import Mapping

from .._properties import CLIP, EFFECT, HOST, IMAGE, Rule

_EFFECT = "OfxImageEffectAction"
_TIME: Rule = ("OfxPropTime", "double", 1, [])
_SCALE: Rule = ("OfxImageEffectPropRenderScale", "double", 2, [])
_FIELD: Rule = ("OfxImageEffectPropFieldToRender", "string", 1, [])
_WINDOW: Rule = ("OfxImageEffectPropRenderWindow", "int", 4, [])
_REASON: Rule = ("OfxPropChangeReason", "string", 1, [])
_STATUSES: tuple[Rule, ...] = (
    ("OfxImageEffectPropSequentialRenderStatus", "int", 1, []),
    ("OfxImageEffectPropInteractiveRenderStatus", "int", 1, []),
)
_SEQUENCE: tuple[Rule, ...] = (
    ("OfxImageEffectPropFrameRange", "double", 2, []),
    ("OfxImageEffectPropFrameStep", "double", 1, []),
    ("OfxPropIsInteractive", "int", 1, []),
    _SCALE,
    *_STATUSES,
)

#: Action -> arguments in, and arguments out that the host lays out; by the OpenFX 1.5 headers.
ARGUMENTS: Mapping[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {
    f"{_EFFECT}DescribeInContext": ((("OfxImageEffectPropContext", "string", 1, []),), ()),
    f"{_EFFECT}GetRegionOfDefinition": (
        (_TIME, _SCALE),
        (("OfxImageEffectPropRegionOfDefinition", "double", 4, []),),
    ),
    f"{_EFFECT}GetRegionsOfInterest": (
        (_TIME, _SCALE, ("OfxImageEffectPropRegionOfInterest", "double", 4, [])),
        (("OfxImageClipPropRoI_Source", "double", 4, []),),
    ),
    f"{_EFFECT}GetFramesNeeded": (
        (_TIME,),
        (("OfxImageClipPropFrameRange_Source", "double", 0, []),),
    ),
    f"{_EFFECT}IsIdentity": (
        (_TIME, _FIELD, _WINDOW, _SCALE),
        (("OfxPropName", "string", 1, []), _TIME),
    ),
    f"{_EFFECT}GetClipPreferences": (
        (),
        (
            ("OfxImageClipPropComponents_Source", "string", 1, []),
            ("OfxImageClipPropDepth_Source", "string", 1, []),
            ("OfxImageClipPropPAR_Source", "double", 1, []),
            ("OfxImageEffectPropFrameRate", "double", 1, []),
            ("OfxImageEffectPropPreMultiplication", "string", 1, []),
            ("OfxImageClipPropContinuousSamples", "int", 1, []),
            ("OfxImageEffectFrameVarying", "int", 1, []),
            ("OfxImageClipPropFieldOrder", "string", 1, []),
        ),
    ),
    f"{_EFFECT}GetTimeDomain": ((), (("OfxImageEffectPropFrameRange", "double", 2, []),)),
    f"{_EFFECT}BeginSequenceRender": (_SEQUENCE, ()),
    f"{_EFFECT}Render": ((_TIME, _FIELD, _WINDOW, _SCALE, *_STATUSES), ()),
    f"{_EFFECT}EndSequenceRender": (_SEQUENCE, ()),
    "OfxActionBeginInstanceChanged": ((_REASON,), ()),
    "OfxActionInstanceChanged": (
        (
            ("OfxPropType", "string", 1, []),
            ("OfxPropName", "string", 1, []),
            _REASON,
            _TIME,
            _SCALE,
        ),
        (),
    ),
    "OfxActionEndInstanceChanged": ((_REASON,), ()),
}

#: Properties of an instance that the host answers for.
_OF_INSTANCE = {
    "OfxPropType", "OfxImageEffectPropContext", "OfxPropInstanceData",
    "OfxImageEffectPropProjectSize", "OfxImageEffectPropProjectOffset",
    "OfxImageEffectPropProjectExtent", "OfxImageEffectPropPixelAspectRatio",
    "OfxImageEffectInstancePropEffectDuration", "OfxImageEffectPropFrameRate",
    "OfxPropIsInteractive",
}  # fmt: skip
INSTANCE: list[Rule] = [rule for rule in EFFECT if rule[0] in _OF_INSTANCE]

#: Kind of property set -> its properties; the kinds are those of `questions.h`.
KINDS: Mapping[str, list[Rule]] = {
    "Host": HOST,
    "Instance": INSTANCE,
    "Clip": CLIP,
    "Image": IMAGE,
    "Arguments": list(
        {rule[0]: rule for sides in ARGUMENTS.values() for side in sides for rule in side}.values()
    ),
}


def names_inc() -> str:
    """The lines of `src/names.inc`, which `make update` writes."""
    lines = ["// Made by `make update` from tables.py; not to be edited."]
    for kind, rules in KINDS.items():
        lines += [f"{{Kind::{kind}, \"{rule[0]}\", '{rule[1][0]}'}}," for rule in rules]
    return "\n".join(lines) + "\n"
