# SPDX-License-Identifier: Apache-2.0
"""The properties of each kind of property set: (name, type, dimension, initial values).

Dimension 0 means as many as are set. From the `@propdef` blocks and the property lists of the
OpenFX 1.5 headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _core

Rule = tuple[str, str, int, list[Any]]


def _strings(*names: str, dimension: int = 1) -> list[Rule]:
    return [(name, "string", dimension, [""] if dimension == 1 else []) for name in names]


def _ints(*names: str, value: int = 0) -> list[Rule]:
    return [(name, "int", 1, [value]) for name in names]


def _pointers(*names: str) -> list[Rule]:
    return [(name, "pointer", 1, [0]) for name in names]


LABELS = _strings("OfxPropName", "OfxPropLabel", "OfxPropShortLabel", "OfxPropLongLabel")
COLOUR_STYLE = _strings("OfxImageEffectPropColourManagementStyle")

HOST: list[Rule] = [
    ("OfxPropType", "string", 1, ["OfxTypeImageEffectHost"]),
    *_strings("OfxPropName", "OfxPropLabel", "OfxPropVersionLabel"),
    ("OfxPropAPIVersion", "int", 0, []),
    ("OfxPropVersion", "int", 0, []),
    *_ints(
        "OfxImageEffectHostPropIsBackground",
        "OfxImageEffectPropSupportsOverlays",
        "OfxImageEffectPropSupportsMultiResolution",
        "OfxImageEffectPropSupportsTiles",
        "OfxImageEffectPropTemporalClipAccess",
        "OfxImageEffectPropMultipleClipDepths",
        "OfxImageEffectPropSupportsMultipleClipPARs",
        "OfxImageEffectPropSetableFrameRate",
        "OfxImageEffectPropSetableFielding",
        "OfxImageEffectInstancePropSequentialRender",
        "OfxImageEffectPropRenderQualityDraft",
        "OfxParamHostPropSupportsCustomInteract",
        "OfxParamHostPropSupportsCustomAnimation",
        "OfxParamHostPropMaxPages",
    ),
    *_ints(
        "OfxParamHostPropSupportsStringAnimation",
        "OfxParamHostPropSupportsChoiceAnimation",
        "OfxParamHostPropSupportsStrChoiceAnimation",
        "OfxParamHostPropSupportsBooleanAnimation",
        "OfxParamHostPropSupportsStrChoice",
        value=1,
    ),
    ("OfxParamHostPropMaxParameters", "int", 1, [-1]),
    ("OfxParamHostPropPageRowColumnCount", "int", 2, [0, 0]),
    *_strings(
        "OfxImageEffectPropSupportedComponents",
        "OfxImageEffectPropSupportedContexts",
        "OfxImageEffectPropSupportedPixelDepths",
        dimension=0,
    ),
    ("OfxImageEffectHostPropNativeOrigin", "string", 1,
     ["kOfxImageEffectHostPropNativeOriginBottomLeft"]),
    *_pointers("OfxPropHostOSHandle"),
]  # fmt: skip

EFFECT: list[Rule] = [
    ("OfxPropType", "string", 1, ["OfxTypeImageEffect"]),
    *LABELS,
    *_strings(
        "OfxPropVersionLabel",
        "OfxPropPluginDescription",
        "OfxImageEffectPluginPropGrouping",
        "OfxPluginPropFilePath",
        "OfxImageEffectPropContext",
    ),
    ("OfxPropVersion", "int", 0, []),
    ("OfxPropIcon", "string", 2, ["", ""]),
    *_strings(
        "OfxImageEffectPropSupportedContexts",
        "OfxImageEffectPropSupportedPixelDepths",
        "OfxImageEffectPropClipPreferencesSlaveParam",
        "OfxPluginPropParamPageOrder",
        dimension=0,
    ),
    *_ints(
        "OfxImageEffectPluginPropSingleInstance",
        "OfxImageEffectPropTemporalClipAccess",
        "OfxImageEffectPropMultipleClipDepths",
        "OfxImageEffectPropSupportsMultipleClipPARs",
        "OfxImageEffectInstancePropSequentialRender",
        "OfxImageEffectPluginPropObsolete",
        "OfxPropIsInteractive",
    ),
    *_ints(
        "OfxImageEffectPluginPropHostFrameThreading",
        "OfxImageEffectPluginPropFieldRenderTwiceAlways",
        "OfxImageEffectPropSupportsMultiResolution",
        "OfxImageEffectPropSupportsTiles",
        value=1,
    ),
    ("OfxImageEffectPluginRenderThreadSafety", "string", 1, ["OfxImageEffectRenderInstanceSafe"]),
    *_pointers(
        "OfxImageEffectPluginPropOverlayInteractV1",
        "OfxImageEffectPluginPropOverlayInteractV2",
        "OfxPropInstanceData",
        "OfxImageEffectPropPluginHandle",
    ),
    ("OfxImageEffectPropProjectSize", "double", 2, [0.0, 0.0]),
    ("OfxImageEffectPropProjectOffset", "double", 2, [0.0, 0.0]),
    ("OfxImageEffectPropProjectExtent", "double", 2, [0.0, 0.0]),
    ("OfxImageEffectPropPixelAspectRatio", "double", 1, [1.0]),
    ("OfxImageEffectInstancePropEffectDuration", "double", 1, [0.0]),
    ("OfxImageEffectPropFrameRate", "double", 1, [24.0]),
    ("OfxImageEffectPropCPURenderSupported", "string", 1, ["true"]),
    *[
        (f"OfxImageEffectProp{kind}RenderSupported", "string", 1, ["false"])
        for kind in ("OpenGL", "Cuda", "Metal", "OpenCL")
    ],
    ("OfxImageEffectPropCudaStreamSupported", "string", 1, ["false"]),
    ("OfxImageEffectPropOpenCLSupported", "string", 1, ["false"]),
    ("OfxOpenGLPropPixelDepth", "string", 0, []),
    ("OfxImageEffectPropNoSpatialAwareness", "string", 1, ["false"]),
    *COLOUR_STYLE,
    *_strings("OfxImageEffectPropColourManagementAvailableConfigs", dimension=0),
    *_strings(
        "OfxImageEffectPropColourManagementConfig",
        "OfxImageEffectPropOCIOConfig",
        "OfxImageEffectPropDisplayColourspace",
        "OfxImageEffectPropOCIODisplay",
        "OfxImageEffectPropOCIOView",
    ),
]  # fmt: skip

PARAMS: list[Rule] = [
    ("OfxPropParamSetNeedsSyncing", "int", 1, [0]),
    ("OfxPluginPropParamPageOrder", "string", 0, []),
]

CLIP: list[Rule] = [
    ("OfxPropType", "string", 1, ["OfxTypeClip"]),
    *LABELS,
    ("OfxImageEffectPropSupportedComponents", "string", 0, []),
    ("OfxImageClipPropFieldExtraction", "string", 1, ["OfxFieldDoubled"]),
    ("OfxImageClipPropFieldOrder", "string", 1, ["OfxFieldNone"]),
    *_ints(
        "OfxImageEffectPropTemporalClipAccess",
        "OfxImageClipPropOptional",
        "OfxImageClipPropIsMask",
        "OfxImageClipPropConnected",
        "OfxImageClipPropContinuousSamples",
    ),
    ("OfxImageEffectPropSupportsTiles", "int", 1, [1]),
    *[
        (name, "string", 1, ["OfxBitDepthNone"])
        for name in ("OfxImageEffectPropPixelDepth", "OfxImageClipPropUnmappedPixelDepth")
    ],
    *[
        (name, "string", 1, ["OfxImageComponentNone"])
        for name in ("OfxImageEffectPropComponents", "OfxImageClipPropUnmappedComponents")
    ],
    ("OfxImageEffectPropPreMultiplication", "string", 1, ["OfxImageOpaque"]),
    ("OfxImagePropPixelAspectRatio", "double", 1, [1.0]),
    ("OfxImageEffectPropFrameRate", "double", 1, [24.0]),
    ("OfxImageEffectPropUnmappedFrameRate", "double", 1, [24.0]),
    ("OfxImageEffectPropFrameRange", "double", 2, [0.0, 0.0]),
    ("OfxImageEffectPropUnmappedFrameRange", "double", 2, [0.0, 0.0]),
    *_strings("OfxImageClipPropColourspace"),
    *_strings("OfxImageClipPropPreferredColourspaces", dimension=0),
]

IMAGE: list[Rule] = [
    ("OfxPropType", "string", 1, ["OfxTypeImage"]),
    *_strings(
        "OfxImageEffectPropPixelDepth",
        "OfxImageEffectPropComponents",
        "OfxImageEffectPropPreMultiplication",
        "OfxImagePropUniqueIdentifier",
    ),
    ("OfxImagePropField", "string", 1, ["OfxFieldNone"]),
    ("OfxImageEffectPropRenderScale", "double", 2, [1.0, 1.0]),
    ("OfxImagePropPixelAspectRatio", "double", 1, [1.0]),
    *_pointers("OfxImagePropData"),
    ("OfxImagePropBounds", "int", 4, [0, 0, 0, 0]),
    ("OfxImagePropRegionOfDefinition", "int", 4, [0, 0, 0, 0]),
    ("OfxImagePropRowBytes", "int", 1, [0]),
]

#: Parameter type -> (type of one part, number of parts).
PARTS: dict[str, tuple[str, int]] = {
    "OfxParamTypeInteger": ("int", 1),
    "OfxParamTypeDouble": ("double", 1),
    "OfxParamTypeBoolean": ("int", 1),
    "OfxParamTypeChoice": ("int", 1),
    "OfxParamTypeStrChoice": ("string", 1),
    "OfxParamTypeRGBA": ("double", 4),
    "OfxParamTypeRGB": ("double", 3),
    "OfxParamTypeDouble2D": ("double", 2),
    "OfxParamTypeInteger2D": ("int", 2),
    "OfxParamTypeDouble3D": ("double", 3),
    "OfxParamTypeInteger3D": ("int", 3),
    "OfxParamTypeString": ("string", 1),
    "OfxParamTypeCustom": ("string", 1),
    "OfxParamTypeGroup": ("", 0),
    "OfxParamTypePage": ("", 0),
    "OfxParamTypePushButton": ("", 0),
}

#: Types whose values lie in a range.
RANGED = tuple(f"OfxParamType{name}" for name in (
    "Integer", "Double", "RGBA", "RGB", "Double2D", "Integer2D", "Double3D", "Integer3D",
))  # fmt: skip

PARAM: list[Rule] = [
    *LABELS,
    *_strings("OfxParamPropScriptName", "OfxParamPropHint", "OfxParamPropParent"),
    *_ints("OfxParamPropSecret"),
    ("OfxParamPropEnabled", "int", 1, [1]),
    ("OfxPropIcon", "string", 2, ["", ""]),
    *_pointers("OfxParamPropDataPtr", "OfxParamPropInteractV1"),
    ("OfxParamPropInteractSize", "double", 2, [0.0, 0.0]),
    ("OfxParamPropInteractSizeAspect", "double", 1, [1.0]),
    ("OfxParamPropInteractMinimumSize", "double", 2, [10.0, 10.0]),
    ("OfxParamPropInteractPreferedSize", "int", 2, [10, 10]),
    *_ints("OfxParamPropHasHostOverlayHandle", "kOfxParamPropUseHostOverlayHandle"),
]

VALUED: list[Rule] = [
    ("OfxParamPropCacheInvalidation", "string", 1, ["OfxParamInvalidateValueChange"]),
    *_ints("OfxParamPropIsAnimating", "OfxParamPropIsAutoKeying", "OfxParamPropPluginMayWrite"),
    *_ints(
        "OfxParamPropCanUndo", "OfxParamPropPersistant", "OfxParamPropEvaluateOnChange", value=1
    ),
]

_FLOOR = {"int": -(2**31), "double": -1.7976931348623157e308}
_CEILING = {"int": 2**31 - 1, "double": 1.7976931348623157e308}


def param_rules(kind: str) -> list[Rule]:
    """The properties of a parameter of type `kind`."""
    part, parts = PARTS[kind]
    rules: list[Rule] = [("OfxPropType", "string", 1, ["OfxTypeParameter"]), *PARAM]
    rules.append(("OfxParamPropType", "string", 1, [kind]))
    if kind == "OfxParamTypeGroup":
        rules.append(("OfxParamPropGroupOpen", "int", 1, [1]))
    if kind == "OfxParamTypePage":
        rules.append(("OfxParamPropPageChild", "string", 0, []))
    if not parts:
        return rules
    zero = {"int": 0, "double": 0.0, "string": ""}[part]
    animates = kind not in ("OfxParamTypeString", "OfxParamTypeCustom", "OfxParamTypeBoolean",
                            "OfxParamTypeChoice", "OfxParamTypeStrChoice")  # fmt: skip
    rules += [
        *VALUED,
        ("OfxParamPropAnimates", "int", 1, [int(animates)]),
        ("OfxParamPropDefault", part, parts, [zero] * parts),
    ]
    if kind in RANGED:
        lows, highs = [_FLOOR[part]] * parts, [_CEILING[part]] * parts
        if kind in ("OfxParamTypeRGB", "OfxParamTypeRGBA"):
            lows, highs = [0.0] * parts, [1.0] * parts
        rules += [
            ("OfxParamPropMin", part, parts, lows),
            ("OfxParamPropDisplayMin", part, parts, list(lows)),
            ("OfxParamPropMax", part, parts, highs),
            ("OfxParamPropDisplayMax", part, parts, list(highs)),
            ("OfxParamPropDimensionLabel", "string", parts, ["x", "y", "z", "w"][:parts]),
        ]
    if part == "double":
        rules += [
            ("OfxParamPropIncrement", "double", 1, [1.0]),
            ("OfxParamPropDigits", "int", 1, [2]),
            ("OfxParamPropDoubleType", "string", 1, ["OfxParamDoubleTypePlain"]),
            ("OfxParamPropDefaultCoordinateSystem", "string", 1, ["OfxParamCoordinatesCanonical"]),
            ("OfxParamPropShowTimeMarker", "int", 1, [0]),
        ]
    if kind in ("OfxParamTypeChoice", "OfxParamTypeStrChoice"):
        rules += [
            ("OfxParamPropChoiceOption", "string", 0, []),
            ("OfxParamPropChoiceOrder", "int", 0, []),
            ("OfxParamPropChoiceEnum", "string", 0, []),
        ]
    if kind == "OfxParamTypeString":
        rules += [
            ("OfxParamPropStringMode", "string", 1, ["OfxParamStringIsSingleLine"]),
            ("OfxParamPropStringFilePathExists", "int", 1, [1]),
        ]
    if kind == "OfxParamTypeCustom":
        rules.append(("OfxParamPropCustomCallbackV1", "pointer", 1, [0]))
    return rules


def define_all() -> None:
    """Hand the tables to the core."""
    tables: dict[str, Sequence[Rule]] = {
        "host": HOST, "effect": EFFECT, "params": PARAMS, "clip": CLIP, "image": IMAGE, "args": [],
    }  # fmt: skip
    for kind in PARTS:
        tables[f"param.{kind}"] = param_rules(kind)
    for kind, table in tables.items():
        _core.define_rules(kind, list(table))
