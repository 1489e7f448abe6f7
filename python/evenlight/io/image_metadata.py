# SPDX-License-Identifier: Apache-2.0
"""What an image says of itself, carried from one format to another, and what stays behind."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO

from .image import opened

#: How a file is stored, which is the format's own affair; what begins so is not carried over.
_STORAGE = (
    "oiio:",
    "openexr:",
    "tiff:",
    "png:",
    "jpeg:",
    "dpx:",
    "cineon:",
    "targa:",
    "ICCProfile:",
)
_STORAGE_NAMES = {"compression", "planarconfig", "name", "screenWindowCenter", "screenWindowWidth"}
_STORAGE_NAMES |= {"CompressionQuality", "Software", "textureformat", "wrapmodes", "fovcot"}
#: Exceptions: they say what the numbers mean.
_MEANING = {"oiio:ColorSpace", "oiio:UnassociatedAlpha"}
#: Names for people of what is looked for in the output, and the attributes that hold it.
_TOLD = {
    "the ICC profile": "ICCProfile",
    "the orientation": "Orientation",
    "the pixel aspect ratio": "PixelAspectRatio",
    "the frame rate": "FramesPerSecond",
    "the timecode": "smpte:TimeCode",
    "the date": "DateTime",
    "the copyright": "Copyright",
    "the artist": "Artist",
    "the description": "ImageDescription",
}
#: Values that say nothing.
_PLAIN = {"Orientation": 1, "PixelAspectRatio": 1.0}
_RATES = ("FramesPerSecond", "framesPerSecond", "dpx:FrameRate", "dpx:TelevisionFrameRate")
_CLOSE = 0.01  # to a number that is meant
_FASTEST = 10_000  # frames per second; unset fields of DPX hold numbers beyond that


def carry(theirs: Any, ours: Any) -> None:
    """Take over each attribute of a specification that one for another format may hold."""
    for attribute in theirs.extra_attribs:
        name = attribute.name
        if name in _MEANING or not (name.startswith(_STORAGE) or name in _STORAGE_NAMES):
            _set(ours, name, attribute.type, attribute.value)
    if theirs.get_float_attribute("PixelAspectRatio", 1.0) != 1.0:
        for name in ("XResolution", "YResolution", "ResolutionUnit"):
            ours.erase_attribute(name)  # what writers make of the aspect
    set_rate(ours, rate_of(theirs))


def rate_of(spec: Any) -> Fraction | None:
    """Frames per second; None where the image does not say."""
    for name in _RATES:
        value = spec.getattribute(name)
        if isinstance(value, tuple) and value[1]:
            return Fraction(*value)
        if isinstance(value, float) and 0 < value < _FASTEST:
            slowed = Fraction(round(value * 1.001) * 1000, 1001)  # 23.976: films on television
            is_whole = abs(value - round(value)) < _CLOSE
            return slowed if not is_whole and abs(slowed - value) < _CLOSE else _fraction(value)
    return None


def _fraction(value: float) -> Fraction:
    return Fraction(value).limit_denominator(1000)


def set_rate(spec: Any, rate: Fraction | None) -> None:
    """Say a rate in each format's way."""
    if rate is not None:
        ratio = rate.numerator, rate.denominator
        spec.attribute("FramesPerSecond", OpenImageIO.TypeDesc("rational"), ratio)
        spec.attribute("dpx:FrameRate", float(rate))


def _set(spec: Any, name: str, kind: Any, value: Any) -> None:
    """Set an attribute; whole numbers as int, which every format looks for."""
    if isinstance(value, int) and value < 2**31:
        spec.attribute(name, value)
    else:
        spec.attribute(name, kind, value)


def left_behind(spec: Any, suffix: str) -> list[str]:
    """What of a specification an image of the format would not hold, tried on a small one."""
    small = OpenImageIO.ImageSpec(8, 8, spec.nchannels, spec.format)
    small.channelnames = spec.channelnames
    for attribute in spec.extra_attribs:
        _set(small, attribute.name, attribute.type, attribute.value)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"trial{suffix}"
        out = OpenImageIO.ImageOutput.create(str(path))
        if out is None or not out.open(str(path), small):
            return []  # the writing itself says so
        out.write_image(np.zeros((8, 8, spec.nchannels), np.float32))
        out.close()
        with opened(path) as trial:
            held = trial.spec()
            lost = [what for what, name in _TOLD.items() if _is_lost(name, small, held)]
            if _count(small, "Exif:") > _count(held, "Exif:"):
                lost.append("some EXIF data")
    return lost


def _is_lost(name: str, wanted: Any, held: Any) -> bool:
    if name == "FramesPerSecond":
        return rate_of(wanted) is not None and rate_of(held) is None
    value, found = wanted.getattribute(name), held.getattribute(name)
    if name in _PLAIN:
        return value not in (None, _PLAIN[name]) and (found is None or abs(found - value) > _CLOSE)
    return value is not None and found is None


def _count(spec: Any, prefix: str) -> int:
    return sum(attribute.name.startswith(prefix) for attribute in spec.extra_attribs)
