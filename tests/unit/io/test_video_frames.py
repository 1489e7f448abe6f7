# SPDX-License-Identifier: Apache-2.0
"""Every frame that a player shows comes out once, in order, from wherever decoding begins."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.io.film import copy, digest, digests, ffmpeg, film

from evenlight.errors import MediaError, ParamError
from evenlight.io import open_clip
from evenlight.io.clock import even_times
from evenlight.io.video_reader import VideoReader

OPEN = "-c:v libx264 -pix_fmt yuv420p -x264-params open-gop=1:keyint=8:bframes=3:scenecut=0"
CLOSED = "-c:v libx264 -pix_fmt yuv420p -bf 2 -g 8"
HEVC = "-c:v libx265 -pix_fmt yuv420p -x265-params log-level=none:keyint=8:bframes=3"
MPEG2 = "-c:v mpeg2video -pix_fmt yuv420p -g 8 -bf 2"
KINDS = {
    "closed.mp4": CLOSED, "open.mp4": OPEN, "open.mov": OPEN, "open.mkv": OPEN, "open.ts": OPEN,
    "open.m2ts": OPEN, "bframes.avi": CLOSED, "bare.h264": CLOSED, "bare.hevc": HEVC,
    "hevc.mp4": HEVC, "hevc.mkv": HEVC, "hevc.ts": HEVC, "mpeg2.ts": MPEG2, "mpeg2.mpg": MPEG2,
    "mpeg2.vob": MPEG2, "mpeg2.m2v": MPEG2, "h264.mpg": CLOSED, "mpeg1.mpg":
    "-c:v mpeg1video -pix_fmt yuv420p -g 8 -bf 2", "asp.avi": "-c:v mpeg4 -bf 2 -g 8",
    "vp9.webm": "-c:v libvpx-vp9 -pix_fmt yuv420p -g 8", "vp8.webm":
    "-c:v libvpx -pix_fmt yuv420p -g 8 -auto-alt-ref 1 -lag-in-frames 16",
    "av1.mkv": "-c:v libsvtav1 -pix_fmt yuv420p -g 8", "prores.mov": "-c:v prores_ks",
    "ffv1.mkv": "-c:v ffv1 -g 4 -pix_fmt yuv420p", "mjpeg.avi": "-c:v mjpeg -pix_fmt yuvj420p",
    "intra.mxf": "-c:v mpeg2video -pix_fmt yuv422p -g 1", "long.mxf": MPEG2,
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_frames_are_those_of_a_straight_decode(tmp_path: Path, name: str) -> None:
    path = film(tmp_path / name, KINDS[name], seconds=1.2)
    wanted = digests(path)
    assert len(wanted) == 30
    check(path, wanted)


def check(path: Path, wanted: list[str]) -> VideoReader:
    """In order, and at random with few frames held."""
    reader = open_clip(path, look_around=1)
    assert isinstance(reader, VideoReader)
    assert reader.last == len(wanted)
    assert [digest(reader.decoded(n)) for n in range(1, reader.last + 1)] == wanted
    order = list(range(1, reader.last + 1))
    random.Random(3).shuffle(order)
    other = open_clip(path, look_around=1)
    assert isinstance(other, VideoReader)
    assert [digest(other.decoded(n)) for n in order] == [wanted[n - 1] for n in order]
    times = reader.index.times
    assert all(a < b for a, b in pairwise(times))
    other.close()
    return reader


def test_what_an_edit_list_hides_is_not_shown(tmp_path: Path) -> None:
    words = "-f lavfi -i testsrc2=s=96x64:r=25:d=2 -f lavfi -i sine=440:d=2 -c:v libx264 -g 25"
    whole = ffmpeg(*words.split(), "-pix_fmt", "yuv420p", "-c:a", "aac", tmp_path / "long.mp4")
    part = ffmpeg("-ss", "1.2", "-i", whole, "-c", "copy", tmp_path / "trimmed.mp4")
    wanted = digests(part)
    assert wanted == digests(whole)[30:]
    check(part, wanted).close()
    copy(part, tmp_path / "out.mp4")
    assert digests(tmp_path / "out.mp4") == wanted
    began = [open_clip(path) for path in (part, tmp_path / "out.mp4")]
    assert [float(reader.lead) for reader in began] == [0, 0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["trimmed.mp4", "trimmed.mkv"])
def test_a_clip_trimmed_inside_an_open_group(tmp_path: Path, name: str) -> None:
    whole = film(tmp_path / "whole.mp4", OPEN, seconds=2)
    part = ffmpeg("-ss", "1", "-i", whole, "-c", "copy", tmp_path / name)
    check(part, digests(part)).close()


def test_a_clock_that_begins_anew_is_followed(tmp_path: Path) -> None:
    sound = ("-f", "lavfi", "-i", "sine=440:d=0.4", "-c:a", "mp2")
    one = ffmpeg("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.4", *sound, *CLOSED.split(),
                 tmp_path / "one.ts")  # fmt: skip
    other = ffmpeg("-f", "lavfi", "-i", "smptebars=s=96x64:r=25:d=0.4", *sound, *CLOSED.split(),
                   tmp_path / "other.ts")  # fmt: skip
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() + other.read_bytes())
    wanted = digests(one) + digests(other)
    check(joined, wanted).close()
    for name in ("out.ts", "out.mkv"):
        copy(joined, tmp_path / name)
        assert digests(tmp_path / name) == wanted


@pytest.mark.parametrize(("rate", "frames"), [(2500, 50), (1200, 30)])
def test_frames_of_one_time_come_out_once_each(tmp_path: Path, rate: int, frames: int) -> None:
    fast = film(tmp_path / "fast.mkv", "-c:v ffv1", picture=f"testsrc2=s=96x64:r={rate}",
                seconds=frames / rate)  # fmt: skip
    wanted = digests(fast)
    assert len(wanted) == frames
    check(fast, wanted).close()
    for name in ("out.mkv", "out.mov"):
        copy(fast, tmp_path / name, codec="h264" if name == "out.mov" else None)
        assert digests(tmp_path / name) == wanted
    with pytest.raises(ParamError, match=r"frames per second do not fit into \.avi"):
        copy(fast, tmp_path / "out.avi")


def test_our_own_avi_is_read_again(tmp_path: Path) -> None:
    source = film(tmp_path / "in.mp4", CLOSED)
    copy(source, tmp_path / "out.avi")
    assert digests(tmp_path / "out.avi") == digests(source)
    check(tmp_path / "out.avi", digests(source)).close()


def test_a_half_written_file_is_refused(tmp_path: Path) -> None:
    whole = film(tmp_path / "in.mp4", f"{CLOSED} -movflags +faststart", seconds=1)
    data = whole.read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(MediaError, match="half-written"):
        open_clip(half)


def test_times_are_made_whole() -> None:
    base, rate = Fraction(1, 1000), Fraction(25)
    plain = even_times([0, 40, 80], [0, 1, 2], base, rate)
    assert (plain.times, plain.base, plain.restarts) == ((0, 40, 80), base, ())
    missing = even_times([None, 40, None], [0, 1, 2], base, rate)
    assert missing.times == (0, 40, 80)
    anew = even_times([0, 40, 0, 40], [0, 1, 2, 3], base, rate)
    assert (anew.times, anew.restarts) == ((0, 40, 80, 120), ((2, Fraction(80, 1000)),))
    doubled = even_times([0, 0, 1, 1], [0, 1, 2, 3], base, Fraction(1000))
    assert [t * doubled.base for t in doubled.times] == [0, Fraction(1, 2000), base, 3 * base / 2]
    assert doubled.rate == 2000
