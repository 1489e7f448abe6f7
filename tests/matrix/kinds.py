# SPDX-License-Identifier: Apache-2.0
"""The media matrix: containers x codecs x formats of pixels x tags, and other containers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tests.matrix.material import Kind

_EXACT_264 = {"qp": "0", "preset": "ultrafast"}
_EXACT_265 = {"x265-params": "lossless=1:log-level=error", "preset": "ultrafast"}
_EXACT_VP9 = {"lossless": "1", "cpu-used": "8"}
_FINE = {"qscale": "2", "bf": "0"}

#: Options by encoder.
_OPTIONS = {
    "libx264": _EXACT_264, "libx264rgb": _EXACT_264, "libx265": _EXACT_265,
    "libvpx-vp9": _EXACT_VP9, "libvpx": {"crf": "4", "b": "2M"}, "mpeg2video": _FINE,
    "mpeg1video": _FINE, "mpeg4": _FINE, "mjpeg": {"qscale": "1"},
    "dnxhd": {"profile": "dnxhr_hqx"},
}  # fmt: skip

_YUV_8 = ("yuv420p", "yuv422p", "yuv444p")
_YUV_10 = ("yuv420p10le", "yuv422p10le", "yuv444p10le")
#: Formats of pixels, by container and encoder.
_KINDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("mov", "libx264"): (*_YUV_8, *_YUV_10), ("mov", "libx265"): (*_YUV_8, *_YUV_10),
    ("mov", "prores_ks"): ("yuv422p10le", "yuv444p10le", "yuva444p10le"),
    ("mov", "dnxhd"): ("yuv422p10le",), ("mov", "v210"): ("yuv422p10le",),
    ("mov", "rawvideo"): ("uyvy422", "yuyv422", "rgb24"), ("mov", "mpeg2video"): ("yuv420p",),
    ("mov", "mjpeg"): ("yuvj420p", "yuvj422p", "yuvj444p"), ("mov", "mpeg4"): ("yuv420p",),
    ("mov", "png"): ("rgb24", "rgba", "rgb48be", "rgba64be", "gray"),
    ("mov", "qtrle"): ("rgb24", "argb"), ("mov", "libx264rgb"): ("rgb24",),
    ("mp4", "libx264"): (*_YUV_8, "yuv420p10le"), ("mp4", "libx265"): ("yuv420p", "yuv420p10le"),
    ("mp4", "libvpx-vp9"): ("yuv420p",), ("mp4", "mpeg4"): ("yuv420p",),
    ("mp4", "mpeg2video"): ("yuv420p", "yuv422p"), ("mp4", "mjpeg"): ("yuvj420p",),
    ("mkv", "libx264"): ("yuv420p", "yuv422p10le"), ("mkv", "libx265"): ("yuv420p10le",),
    ("mkv", "ffv1"): (
        *_YUV_8, *_YUV_10, "yuv422p16le", "yuva420p", "yuva444p10le", "gray", "gray16le", "bgr0",
        "bgra", "gbrp10le", "gbrp16le",
    ),
    ("mkv", "libvpx-vp9"): ("yuv420p", "yuv422p", "yuv444p", "yuva420p"),
    ("mkv", "prores_ks"): ("yuv422p10le",), ("mkv", "mpeg2video"): ("yuv420p",),
    ("webm", "libvpx-vp9"): ("yuv420p", "yuv444p", "yuva420p"),
    ("webm", "libvpx"): ("yuv420p",),
    ("avi", "libx264"): ("yuv420p", "yuv444p"), ("avi", "ffv1"): ("yuv420p", "yuv422p10le"),
    ("avi", "utvideo"): ("yuv420p", "yuv422p", "yuv444p", "gbrp", "gbrap"),
    ("avi", "ffvhuff"): ("yuv420p", "yuv422p"), ("avi", "huffyuv"): ("yuv422p", "rgb24"),
    ("avi", "mjpeg"): ("yuvj420p",), ("avi", "mpeg4"): ("yuv420p",),
    ("avi", "magicyuv"): ("gbrp", "yuv444p"),
    ("ts", "libx264"): ("yuv420p", "yuv422p10le"), ("ts", "libx265"): ("yuv420p", "yuv420p10le"),
    ("ts", "mpeg2video"): ("yuv420p", "yuv422p"), ("m2ts", "libx264"): ("yuv420p",),
    ("mpg", "mpeg2video"): ("yuv420p",), ("mpg", "mpeg1video"): ("yuv420p",),
    ("vob", "mpeg2video"): ("yuv420p",),
    ("mxf", "mpeg2video"): ("yuv420p", "yuv422p"), ("mxf", "dnxhd"): ("yuv422p10le",),
    ("mxf", "prores_ks"): ("yuv422p10le",),
}  # fmt: skip


def sources() -> Iterator[Kind]:
    """Every kind, once as most of its sort are tagged, once as few are."""
    rare = ["bt601", "pq", "unsaid", "hlg", "full"]
    for place, ((suffix, encoder), formats) in enumerate(_KINDS.items()):
        for index, pixels in enumerate(formats):
            options = _OPTIONS.get(encoder, {})
            if pixels.startswith(("rgb", "gbr", "bgr", "argb")):
                yield Kind(suffix, encoder, pixels, "rgb", options=options)
                continue
            if pixels.startswith("yuvj"):
                yield Kind(suffix, encoder, pixels, "full", options=options)
                continue
            if encoder == "libvpx":  # VP8 knows one matrix, whatever a container says
                yield Kind(suffix, encoder, pixels, "unsaid", options=options)
                continue
            yield Kind(suffix, encoder, pixels, options=options)
            colours = rare[(place + index) % len(rare)]
            yield Kind(suffix, encoder, pixels, colours, Fraction(16, 15), options)


def turns() -> Iterator[tuple[Kind, str]]:
    """Sources and the containers that they are written to."""
    yield from ((kind, kind.suffix) for kind in sources())
    yield from ((kind, suffix) for kind in _CROSSED for suffix in _TARGETS if suffix != kind.suffix)


_TARGETS = ("mov", "mp4", "mkv", "webm", "avi", "ts", "mpg", "mxf")
_CROSSED = (
    Kind("mov", "libx264", "yuv422p10le", "bt709", Fraction(16, 15), _EXACT_264),
    Kind("mov", "prores_ks", "yuva444p10le", "bt709"),
    Kind("mkv", "ffv1", "yuv420p", "pq", Fraction(4, 3)),
    Kind("ts", "mpeg2video", "yuv420p", "bt601", Fraction(16, 15), _FINE),
)
