# SPDX-License-Identifier: Apache-2.0
"""What goes in comes out, or is told: pictures, times, tags and sound of every kind of video.

Pictures go through the reader and the writer as an effect of strength 0 leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.matrix.kinds import turns
from tests.matrix.material import N_FRAMES, Kind

from evenlight.errors import ParamError
from evenlight.io import VideoOptions, create_clip, open_clip

TURNS = list(turns())
#: Decibels by which codecs that lose something may differ, coded once more.
_CLOSE, _CLOSE_OF_JPEG = 36.0, 31.0
_EXACT = {"h264", "hevc", "vp9", "ffv1", "utvideo", "ffvhuff", "huffyuv", "magicyuv", "png", "v210"}
_EXACT |= {"rawvideo", "qtrle"}


@dataclass
class Seen:
    """A video as a player has it."""

    codec: str
    frames: list[Any]  # av.VideoFrame
    aspect: Fraction
    sound: list[bytes]
    colours: dict[str, int]

    @classmethod
    def of(cls, path: Path) -> Seen:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            name, decoder = context.codec.canonical_name, None
            if name in ("vp8", "vp9"):  # FFmpeg's own decoders leave alpha out
                decoder = av.CodecContext.create("libvpx-vp9" if name == "vp9" else "libvpx", "r")
                decoder.extradata = context.extradata
            frames, sound = [], []
            for packet in container.demux():
                if packet.stream.type == "audio" and packet.size:
                    sound.append(bytes(packet))
                elif packet.stream is stream:
                    frames += decoder.decode(packet) if decoder else packet.decode()
            aspect = Fraction(stream.sample_aspect_ratio or 1)
            told = context if decoder else frames[0]  # a decoder of its own knows no container
            colours = {
                "matrix": int(told.colorspace), "primaries": int(told.color_primaries),
                "transfer": int(told.color_trc), "range": int(told.color_range),
            }  # fmt: skip
            return cls(name, frames, aspect if aspect > 0 else Fraction(1), sound, colours)

    @property
    def format(self) -> str:
        return str(self.frames[0].format.name).replace("yuvj", "yuv")


def rewritten(source: Path, target: Path) -> list[str]:
    """Write the clip again as it is; gives what was told."""
    reader = open_clip(source)
    numbers = range(reader.first, reader.last + 1)
    writer = create_clip(target, reader, numbers, video=VideoOptions(quality=0))
    try:
        notices = writer.notices
        for number in numbers:
            frame = reader.frame(number)
            assert frame is not None
            writer.write(number, frame.pixels())
        writer.finish()
    finally:
        writer.discard()
        reader.close()
    return [*reader.notices, *notices]


@pytest.mark.parametrize(("kind", "suffix"), TURNS, ids=[f"{k}-to-{s}" for k, s in TURNS])
def test_what_goes_in_comes_out_or_is_told(kind: Kind, suffix: str, tmp_path: Path) -> None:
    source, target = kind.make(tmp_path), tmp_path / f"out.{suffix}"
    notices = _refused_or_told(source, target)
    if notices is None:
        assert suffix != kind.suffix, "what was in a container fits into it again"
        assert not target.exists()
        return
    was, now, told = Seen.of(source), Seen.of(target), " ".join(notices)
    assert len(was.frames) == len(now.frames) == N_FRAMES
    _compare_times(was, now, told)
    _compare_pictures(was, now, told)
    _compare_tags(was, now, told)
    # Containers cut samples into packets as they like.
    assert b"".join(was.sound) == b"".join(now.sound) or "audio" in told


def _refused_or_told(source: Path, target: Path) -> list[str] | None:
    """What was told; None where the container was refused in a sentence that helps."""
    try:
        return rewritten(source, target)
    except ParamError as refusal:
        if "choose one with --codec" in str(refusal):
            return None
        raise


def _compare_times(was: Seen, now: Seen, told: str) -> None:
    starts = []
    for clip in (was, now):
        times = [float((one.pts or 0) * (one.time_base or 1)) for one in clip.frames]
        starts.append([time - times[0] for time in times])
    is_even = np.allclose(*starts, atol=2e-3)
    assert is_even or "uneven" in told, starts


def _compare_pictures(was: Seen, now: Seen, told: str) -> None:
    if was.codec != now.codec:
        assert f"codec {was.codec} becomes {now.codec}" in told
    if was.format == now.format and {was.codec, now.codec} <= _EXACT:
        for one, other in zip(was.frames, now.frames, strict=True):
            assert _planes(one) == _planes(other)
        return
    worst = min(map(_decibels, was.frames, now.frames))
    loses = "sampling" in told or "depth" in told
    close = _CLOSE_OF_JPEG if now.codec == "mjpeg" else _CLOSE
    assert worst > (25 if loses else close), (worst, was.format, now.format, told)
    if was.format != now.format:
        kinds = [clip.frames[0].format for clip in (was, now)]
        sampled = [(kind.chroma_width(64), kind.chroma_height(64)) for kind in kinds]
        is_less = (
            sampled[1] < sampled[0] or kinds[1].components[0].bits < kinds[0].components[0].bits
        )
        assert loses or not is_less, told


def _planes(frame: Any) -> list[bytes]:
    """The samples without the padding of their rows."""
    found = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.height * plane.line_size]
        wide = plane.width * max(1, frame.format.components[0].bits // 8 + (
            frame.format.components[0].bits % 8 > 0))  # fmt: skip
        if len({part.plane for part in frame.format.components}) == 1:
            wide = frame.width * frame.format.padded_bits_per_pixel // 8
        found.append(rows.reshape(plane.height, -1)[:, :wide].tobytes())
    return found


def _decibels(one: Any, other: Any) -> float:
    """Peak signal to noise of red, green, blue and alpha, as a player shows them."""
    a, b = (
        frame.reformat(format="rgba64le").to_ndarray().astype(np.float64) / 65535
        for frame in (one, other)
    )
    if len(other.format.components) < 4:
        a, b = a[..., :3], b[..., :3]
    return float(-10 * np.log10(max(1e-12, ((a - b) ** 2).mean(axis=(0, 1)).max())))


def _compare_tags(was: Seen, now: Seen, told: str) -> None:
    for name, value in was.colours.items():
        found = now.colours[name]
        unsaid = {"range": (0, 1)}.get(name, (2,))
        assert found == value or value in unsaid or "colour tags" in told or "sampling" in told, (
            name, value, found, told,
        )  # fmt: skip
    is_close = abs(float(was.aspect / now.aspect) - 1) < 0.01
    assert is_close or "pixel aspect" in told, (was.aspect, now.aspect, told)


def test_the_matrix_is_large_enough() -> None:
    assert len(TURNS) >= 150
    assert len(set(map(str, TURNS))) == len(TURNS)
