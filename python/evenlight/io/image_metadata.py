# SPDX-License-Identifier: Apache-2.0
"""Metadata of images, carried from one format to another, and those that stay behind."""

from __future__ import annotations

import re
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO

from .image import ImageHeader, opened
from .stream_format import StreamFormat
from .timecode import advanced
from .window import Window

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
_WRITTEN = re.compile(r"(\d\d):(\d\d):(\d\d)([:;])(\d\d)")
_DIGITS, _DROPS = 0x3F7F7F3F, 0x40  # bits of a packed timecode: its digits; the frames' flag
#: Display matrices by EXIF's numbers for the place of row 0 and column 0, from 2 on.
_ONE = 1 << 16
_TURNS = ((-1, 0, 0, 1), (-1, 0, 0, -1), (1, 0, 0, -1), (0, 1, 1, 0), (0, 1, -1, 0))
_MATRICES = {
    number: (a * _ONE, b * _ONE, 0, c * _ONE, d * _ONE, 0, 0, 0, 1 << 30)
    for number, (a, b, c, d) in enumerate((*_TURNS, (0, -1, -1, 0), (0, -1, 1, 0)), 2)
}
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


def stream_format(header: ImageHeader, window: Window) -> StreamFormat:
    """Description of a stream of images, by what one of them says of itself."""
    spec, dtype = header.spec, header.dtype
    aspect = spec.get_float_attribute("PixelAspectRatio", 0.0)
    rate, profile = rate_of(spec), spec.getattribute("ICCProfile")
    return StreamFormat(
        window[2],
        window[3],
        sampling="grey" if len(header.picture) == 1 else "RGB",
        depth=spec.get_int_attribute("oiio:BitsPerSample", 0) or 8 * dtype.itemsize,
        alpha=len(header.picture) == 4,
        sample_aspect=Fraction(aspect).limit_denominator(1000) if aspect > 0 else None,
        rate=rate,
        timecode=_timecode(spec),
        display_matrix=_MATRICES.get(spec.get_int_attribute("Orientation", 1)),
        side_data=(("ICC_PROFILE", bytes(profile)),) if profile is not None else (),
    )


def describe(spec: Any, source: StreamFormat, place: int) -> None:
    """Have an image say what a stream says of its frame at `place`, from 0."""
    if source.sample_aspect not in (None, 1):
        spec.attribute("PixelAspectRatio", float(source.sample_aspect or 1))
    for orientation, matrix in _MATRICES.items():
        if source.display_matrix is not None and _turn(source.display_matrix) == _turn(matrix):
            spec.attribute("Orientation", orientation)
    profile = source.side("ICC_PROFILE")
    if profile:
        kind = OpenImageIO.TypeDesc(f"uint8[{len(profile)}]")
        spec.attribute("ICCProfile", kind, np.frombuffer(profile, np.uint8))
    set_rate(spec, source.rate)
    timecode = _WRITTEN.fullmatch(advanced(source.timecode, source.rate, place))
    if timecode is not None:
        digits = int(timecode[1] + timecode[2] + timecode[3] + timecode[5], 16)
        drops = _DROPS if timecode[4] == ";" else 0
        spec.attribute("smpte:TimeCode", OpenImageIO.TypeDesc("timecode"), (digits | drops, 0))
        spec.attribute("dpx:TimeCode", timecode[0])


def _timecode(spec: Any) -> str:
    """The timecode, as it is written; SMPTE ST 331 packs its digits in four bits each."""
    packed = spec.getattribute("smpte:TimeCode")
    if packed is None:
        return ""
    digits = f"{packed[0] & _DIGITS:08x}"
    if not digits.isdecimal():
        return ""
    mark = ";" if packed[0] & _DROPS else ":"
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:6]}{mark}{digits[6:]}"


def _turn(matrix: tuple[int, ...]) -> tuple[int, ...]:
    """The part of a display matrix that turns and mirrors."""
    return matrix[0], matrix[1], matrix[3], matrix[4]


def left_behind(spec: Any, suffix: str) -> list[str]:
    """Names of what an image of the format would not hold, tried on a small one."""
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


def said(spec: Any) -> list[str]:
    """Names of what a specification says."""
    return [what for what, name in _TOLD.items() if _says(name, spec)]


def _says(name: str, spec: Any) -> bool:
    if name == "FramesPerSecond":
        return rate_of(spec) is not None
    value = spec.getattribute(name)
    return value is not None and (name not in _PLAIN or value != _PLAIN[name])


def _is_lost(name: str, wanted: Any, held: Any) -> bool:
    if name == "FramesPerSecond":
        return _says(name, wanted) and not _says(name, held)
    value, found = wanted.getattribute(name), held.getattribute(name)
    if name in _PLAIN:
        return value not in (None, _PLAIN[name]) and (found is None or abs(found - value) > _CLOSE)
    return value is not None and found is None


def _count(spec: Any, prefix: str) -> int:
    return sum(attribute.name.startswith(prefix) for attribute in spec.extra_attribs)
