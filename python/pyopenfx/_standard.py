# SPDX-License-Identifier: Apache-2.0
"""Actions, statuses and suites by the OpenFX 1.5 headers."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Status that an action or a suite function answers."""

    OK = 0
    FAILED = 1
    ERR_FATAL = 2
    ERR_UNKNOWN = 3
    ERR_MISSING_HOST_FEATURE = 4
    ERR_UNSUPPORTED = 5
    ERR_EXISTS = 6
    ERR_FORMAT = 7
    ERR_MEMORY = 8
    ERR_BAD_HANDLE = 9
    ERR_BAD_INDEX = 10
    ERR_VALUE = 11
    REPLY_YES = 12
    REPLY_NO = 13
    REPLY_DEFAULT = 14
    UNLICENSED = 15
    ERR_IMAGE_FORMAT = 1000


def status_name(status: int) -> str:
    """The constant's name in the headers, or the bare number."""
    try:
        words = Status(status).name.split("_")
    except ValueError:
        return f"the unknown status {status}"
    return "kOfxStat" + "".join(word if word == "OK" else word.capitalize() for word in words)


_BASE = {Status.OK, Status.FAILED, Status.ERR_FATAL}
_DESCRIBE = _BASE | {Status.ERR_MISSING_HOST_FEATURE, Status.ERR_MEMORY}
_DEFAULT = _BASE | {Status.REPLY_DEFAULT}
_MEMORY = _DEFAULT | {Status.ERR_MEMORY}

_EFFECT = "OfxImageEffectAction"

#: Action -> statuses that the headers list under its @returns.
STATUSES: dict[str, set[Status]] = {
    "OfxActionLoad": _DEFAULT | {Status.ERR_MISSING_HOST_FEATURE},
    "OfxActionUnload": {Status.OK, Status.REPLY_DEFAULT, Status.ERR_FATAL},
    "OfxActionDescribe": _DESCRIBE,
    f"{_EFFECT}DescribeInContext": _DESCRIBE,
    "OfxActionCreateInstance": _MEMORY,
    "OfxActionDestroyInstance": _DEFAULT,
    "OfxActionInstanceChanged": _DEFAULT,
    "OfxActionBeginInstanceChanged": _DEFAULT,
    "OfxActionEndInstanceChanged": _DEFAULT,
    "OfxActionSyncPrivateData": _DEFAULT,
    "OfxActionPurgeCaches": _DEFAULT,
    f"{_EFFECT}GetRegionOfDefinition": _MEMORY,
    f"{_EFFECT}GetRegionsOfInterest": _MEMORY,
    f"{_EFFECT}GetFramesNeeded": _MEMORY,
    f"{_EFFECT}GetTimeDomain": _MEMORY,
    f"{_EFFECT}GetClipPreferences": _MEMORY,
    f"{_EFFECT}IsIdentity": _MEMORY,
    f"{_EFFECT}BeginSequenceRender": _MEMORY | {Status.UNLICENSED, Status.ERR_IMAGE_FORMAT},
    f"{_EFFECT}EndSequenceRender": _MEMORY | {Status.UNLICENSED},
    f"{_EFFECT}Render": _BASE | {Status.ERR_MEMORY, Status.UNLICENSED, Status.ERR_IMAGE_FORMAT},
}

#: (suite, version) -> its functions in the order of the struct.
SUITES: dict[tuple[str, int], tuple[str, ...]] = {
    ("OfxPropertySuite", 1): (
        "propSetPointer", "propSetString", "propSetDouble", "propSetInt",
        "propSetPointerN", "propSetStringN", "propSetDoubleN", "propSetIntN",
        "propGetPointer", "propGetString", "propGetDouble", "propGetInt",
        "propGetPointerN", "propGetStringN", "propGetDoubleN", "propGetIntN",
        "propReset", "propGetDimension",
    ),
    ("OfxImageEffectSuite", 1): (
        "getPropertySet", "getParamSet", "clipDefine", "clipGetHandle", "clipGetPropertySet",
        "clipGetImage", "clipReleaseImage", "clipGetRegionOfDefinition", "abort",
        "imageMemoryAlloc", "imageMemoryFree", "imageMemoryLock", "imageMemoryUnlock",
    ),
    ("OfxParameterSuite", 1): (
        "paramDefine", "paramGetHandle", "paramSetGetPropertySet", "paramGetPropertySet",
        "paramGetValue", "paramGetValueAtTime", "paramGetDerivative", "paramGetIntegral",
        "paramSetValue", "paramSetValueAtTime", "paramGetNumKeys", "paramGetKeyTime",
        "paramGetKeyIndex", "paramDeleteKey", "paramDeleteAllKeys", "paramCopy",
        "paramEditBegin", "paramEditEnd",
    ),
    ("OfxMemorySuite", 1): ("memoryAlloc", "memoryFree"),
    ("OfxMultiThreadSuite", 1): (
        "multiThread", "multiThreadNumCPUs", "multiThreadIndex", "multiThreadIsSpawnedThread",
        "mutexCreate", "mutexDestroy", "mutexLock", "mutexUnLock", "mutexTryLock",
    ),
    ("OfxMessageSuite", 1): ("message",),
    ("OfxMessageSuite", 2): ("message", "setPersistentMessage", "clearPersistentMessage"),
    ("OfxProgressSuite", 1): ("progressStart", "progressUpdate", "progressEnd"),
    ("OfxProgressSuite", 2): ("progressStart", "progressUpdate", "progressEnd"),
    ("OfxTimeLineSuite", 1): ("getTime", "gotoTime", "getTimeBounds"),
}  # fmt: skip


def short(name: str) -> str:
    """`OfxParamTypeDouble` -> `Double`, `OfxImageEffectContextFilter` -> `Filter`, and the like."""
    for prefix in (
        "OfxParamType", "OfxImageEffectContext", "OfxImageComponent", "OfxBitDepth",
        "OfxImageEffectAction", "OfxAction", "OfxMessage", "OfxImageEffectRender",
    ):  # fmt: skip
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name
