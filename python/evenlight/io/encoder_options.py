# SPDX-License-Identifier: Apache-2.0
"""Options that encoders are opened with: quality, fields, light, and the same bytes everywhere.

Encoders divide work by the number of processors and some by what these can do, which changes bytes;
here both are fixed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .containers import Container
from .stream_format import StreamFormat

#: Families that lose nothing.
EXACT = (
    "ffv1", "v210", "r210", "rawvideo", "png", "qtrle", "huffyuv", "ffvhuff", "utvideo",
    "magicyuv",
)  # fmt: skip
_THREADS = "4"  # of encoders whose bytes depend on their number
#: Families in which a quality is a quantiser from 1 to 31.
_QUANTISED = ("mpeg2video", "mpeg1video", "mpeg4", "mjpeg")
_PRORES = {"Proxy": "0", "LT": "1", "Standard": "2", "HQ": "3", "4444": "4", "XQ": "5"}
#: Millions of bits a second that VC-3 has for some size and rate (SMPTE ST 2019-1).
_DNXHD_RATES = (
    36, 42, 45, 60, 63, 75, 80, 84, 90, 100, 110, 115, 120, 145, 175, 180, 185, 220, 240, 290, 350,
    365, 390, 440, 730, 880,
)  # fmt: skip
_TRIED = 5  # of them
_DNXHR = {"LB": "dnxhr_lb", "SQ": "dnxhr_sq", "HQ": "dnxhr_hq"}
#: FFmpeg's words for places of chroma.
_PLACES = ("left", "center", "topleft", "top", "bottomleft", "bottom")


def ways_of(
    family: str, pixels: str, source: StreamFormat, quality: int, container: Container
) -> Iterator[dict[str, str]]:
    """Options of the family's encoder for pictures of `source`, the ones to prefer first."""
    common = options_of(family, pixels, source, quality, container)
    if (family, source.family, source.profile) == ("dnxhd", "dnxhd", "DNXHD"):
        own = source.bit_rate / 1e6
        for rate in sorted(_DNXHD_RATES, key=lambda rate: abs(rate - own))[:_TRIED]:
            fields = {"flags": "+ildct"} if source.field_order.is_interlaced else {}
            yield {"profile": "dnxhd", "b": f"{rate}M", **fields}
    yield common


def options_of(
    family: str, pixels: str, source: StreamFormat, quality: int, container: Container
) -> dict[str, str]:
    """Options of the family's encoder for pictures of `source` at this quality."""
    found = dict(_OPTIONS.get(family, _none)(pixels, source, quality))
    if source.chroma_place in _PLACES and "420" in pixels:
        found["chroma_sample_location"] = source.chroma_place
    if source.field_order.is_interlaced and family in ("h264", "mpeg2video", "mpeg4", "prores"):
        found["flags"] = "+ildct+ilme"
    if family in _QUANTISED:
        found["flags"] = found.get("flags", "") + "+qscale"
        found["global_quality"] = str(118 * max(1, round(1 + quality * 30 / 51)))
    if not container.reordering and family in ("h264", "hevc", "mpeg4", "mpeg2video"):
        found["bf"] = "0"
    return found


def _none(_pixels: str, _source: StreamFormat, _quality: int) -> dict[str, str]:
    return {}


def _h264(_pixels: str, source: StreamFormat, quality: int) -> dict[str, str]:
    # A rate factor of 0 loses nothing at 8 bits only, a quantiser of 0 at any depth.
    factor = {"qp": "0"} if quality == 0 else {"crf": str(quality)}
    light = [f"{name}={value}" for name, value in _light(source, "mastering-display", "cll")]
    fields = ["tff=1" if source.field_order.top_first else "bff=1"]  # told later it loses samples
    rest = ":".join(["cpu-independent=1", *light, *fields * source.field_order.is_interlaced])
    return factor | {"preset": "fast", "threads": _THREADS, "x264-params": rest}


def _hevc(_pixels: str, source: StreamFormat, quality: int) -> dict[str, str]:
    words = ["log-level=none", "frame-threads=2"]
    words += ["lossless=1"] if quality == 0 else []
    words += [f"{name}={value}" for name, value in _light(source, "master-display", "max-cll")]
    words += ["hdr10=1"] if source.side("MASTERING_DISPLAY_METADATA") else []
    return {"crf": str(quality), "preset": "fast", "x265-params": ":".join(words)}


def _vp9(_pixels: str, _source: StreamFormat, quality: int) -> dict[str, str]:
    found = {"crf": str(quality), "b": "0", "row-mt": "1", "cpu-used": "4"}
    return found | ({"lossless": "1"} if quality == 0 else {})


def _vp8(_pixels: str, _source: StreamFormat, quality: int) -> dict[str, str]:
    return {"crf": str(max(4, quality)), "b": "50M", "cpu-used": "4", "auto-alt-ref": "0"}


def _av1(_pixels: str, source: StreamFormat, quality: int) -> dict[str, str]:
    words = ["lossless=1"] if quality == 0 else []
    names = "mastering-display", "content-light"
    words += [f"{name}={value}" for name, value in _light(source, *names, unit=1, nit=1)]
    found = {"crf": str(max(1, quality)), "preset": "8"}
    return found | ({"svtav1-params": ":".join(words)} if words else {})


def _prores(pixels: str, source: StreamFormat, _quality: int) -> dict[str, str]:
    four = "444" in pixels
    profile = _PRORES.get(source.profile) if source.family == "prores" else None
    if profile is None or (profile >= "4") != four:
        profile = "4" if four else "3"
    return {"profile": profile, "vendor": "apl0"} | ({"alpha_bits": "16"} if "a" in pixels else {})


def _dnxhd(pixels: str, source: StreamFormat, _quality: int) -> dict[str, str]:
    word = source.profile.removeprefix("DNXHR ").upper()
    if "444" in pixels or "gbr" in pixels:
        return {"profile": "dnxhr_444"}
    if "10" in pixels:
        return {"profile": "dnxhr_hqx"}
    return {"profile": _DNXHR.get(word, "dnxhr_hq")}


def _ffv1(_pixels: str, source: StreamFormat, _quality: int) -> dict[str, str]:
    slices = "4" if source.width * source.height < 1 << 21 else "16"
    return {"level": "3", "slices": slices, "slicecrc": "1", "g": "1"}


def _jpeg2000(_pixels: str, _source: StreamFormat, _quality: int) -> dict[str, str]:
    return {"pred": "dwt53"}


def _light(
    source: StreamFormat, display: str, content: str, *, unit: int = 50000, nit: int = 10000
) -> Iterator[tuple[str, str]]:
    """HDR10's metadata as encoders read them: light of the mastering display and of the content.

    Places of colours count in parts of `unit`, light in parts of `nit`; 1 stands for decimals.
    """
    mastering = source.side("MASTERING_DISPLAY_METADATA")
    if mastering:
        values = struct.unpack("<20i2i", mastering[:88])
        pairs = [values[i] / (values[i + 1] or 1) for i in range(0, 20, 2)]
        red, green, blue, white = (
            ",".join(_in(value, unit) for value in pairs[i : i + 2]) for i in (0, 2, 4, 6)
        )
        darkest, brightest = (_in(value, nit) for value in pairs[8:10])
        yield display, f"G({green})B({blue})R({red})WP({white})L({brightest},{darkest})"
    light = source.side("CONTENT_LIGHT_LEVEL")
    if light:
        most, average = struct.unpack("<2I", light[:8])
        yield content, f"{most},{average}"


def _in(value: float, parts: int) -> str:
    return f"{value:.6g}" if parts == 1 else str(round(value * parts))


_OPTIONS = {
    "h264": _h264, "hevc": _hevc, "vp9": _vp9, "vp8": _vp8, "av1": _av1, "prores": _prores,
    "dnxhd": _dnxhd, "ffv1": _ffv1, "jpeg2000": _jpeg2000,
}  # fmt: skip
