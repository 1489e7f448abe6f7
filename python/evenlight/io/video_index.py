# SPDX-License-Identifier: Apache-2.0
"""Index of the frames of a video: its packets in the order of decoding, and what each shows.

Where timestamps tell the order in which packets are shown, no picture is decoded but the first
few, which hold the prediction to the decoder. Where they do not - none, doubled, restarting,
formats whose packets are not frames - the clip is decoded once from its beginning. A frame is known
by the number of its packet and never by its time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.logging
from av.container import InputContainer

from ..errors import MediaError
from .clock import even_times
from .video_probe import picture_stream

#: Codecs in which packets and frames are not one to one.
_UNEVEN = {"vp8", "mpeg4", "msmpeg4v3", "vc1", "wmv3", "rv30", "rv40", "vp6f", "vp6a", "theora"}
_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_VERIFIED = 24  # frames that are decoded to hold a prediction to what the decoder shows
_LESS_WORK = {"skip_loop_filter": "all"}  # where pictures are only counted


class Coded(NamedTuple):
    """A packet of the stream, which these values tell from the others."""

    shown: int | None  # its timestamps, in the stream's time base
    decoded: int | None
    position: int | None  # in the file
    size: int


@dataclass(frozen=True, slots=True)
class VideoIndex:
    """The packets of a stream, and the frames in the order they are shown."""

    packets: tuple[Coded, ...]
    #: Numbers of the packets that decoding can begin at, rising.
    keys: tuple[int, ...]
    #: Number of the packet that holds the nth frame.
    order: tuple[int, ...]
    #: When frames are shown, in `time_base`, strictly rising.
    times: tuple[int, ...]
    time_base: Fraction
    #: Packets that an edit list hides; others may lean on them.
    hidden: frozenset[int]
    #: Frames per second; None where the file does not say.
    rate: Fraction | None
    #: Packet numbers at which the clock of the file begins anew, and what is then added to it.
    restarts: tuple[tuple[int, Fraction], ...]
    #: Where of `order`, by packet number.
    places: dict[int, int]

    @classmethod
    def of(cls, path: Path) -> VideoIndex:
        """The index of the pictures of the file; raises MediaError where they cannot be read."""
        with open_video(path) as container:
            stream = picture_stream(container)
            scan = _Scan.of(path, container, stream)
        order = scan.predicted()
        if order is None or not _is_verified(path, order):
            order = _decoded_order(path)
        if not order:
            raise MediaError(f"{path} holds no frames; it is empty or half-written")
        stamps = [scan.packets[number].shown for number in order]
        clock = even_times(stamps, order, scan.time_base, scan.rate)
        return cls(
            tuple(scan.packets), tuple(scan.keys), tuple(order), clock.times, clock.base,
            frozenset(scan.discarded),
            clock.rate, clock.restarts, {number: place for place, number in enumerate(order)},
        )  # fmt: skip

    @property
    def bit_rate(self) -> int:
        """Bits in a second, by the sizes of packets; 0 where the rate is not known."""
        size = 8 * sum(packet.size for packet in self.packets)
        return round(size * self.rate / len(self.packets)) if self.rate else 0

    def starts(self, place: int) -> Iterator[int]:
        """Packets that decoding can begin at to show the frame at `place`, the nearest first.

        Frames that are shown before a key frame and coded after it lean on the group before.
        """
        packet = self.order[place]
        tried = 0
        for key in reversed(self.keys[: bisect_right(self.keys, packet)]):
            if self.places.get(key, -1) <= place:
                yield key
                tried += 1
            if tried == 3:
                break
        yield 0

    def group(self, packet: int) -> range:
        """The packets from this one to the next that decoding can begin at."""
        after = bisect_right(self.keys, packet)
        end = self.keys[after] if after < len(self.keys) else len(self.packets)
        return range(packet, end)


def open_video(path: Path) -> InputContainer:
    """The container of a video; raises MediaError with a sentence that says why not."""
    if not path.is_file():
        raise MediaError(f"{path} does not exist")
    try:
        container = av.open(
            f"file:{path}",
            metadata_errors="replace",
            container_options={"protocol_whitelist": "file"},
        )  # a name with a colon is no address, and a list of parts asks nothing of a network
    except av.FFmpegError as error:
        raise MediaError(unreadable(path, error)) from error
    if not container.streams.video:
        container.close()
        raise MediaError(f"{path} holds no video")
    if picture_stream(container).codec_context is None:
        container.close()
        raise MediaError(f"{path} is of a codec that this PyAV does not decode")
    return container


def decoder_of(stream: av.VideoStream) -> av.VideoCodecContext:
    """The decoder of the stream: FFmpeg's own, or libvpx's, which alone reads alpha."""
    library = _ALPHA.get(stream.codec_context.codec.canonical_name)
    said = {key.lower(): value for key, value in stream.metadata.items()}
    if library is None or said.get("alpha_mode") != "1":
        return stream.codec_context
    context = av.CodecContext.create(library, "r")
    assert isinstance(context, av.VideoCodecContext), "it decodes video"
    return context


def unreadable(path: Path, error: Exception) -> str:
    """The sentence for a video that does not decode."""
    reason = getattr(error, "strerror", None) or str(error)
    return f"{path} cannot be read; it is damaged, half-written or no video ({reason})"


def packets_of(container: InputContainer, stream: av.VideoStream) -> Iterator[Any]:
    """The packets of the stream from here on, then None."""
    for packet in container.demux(stream):
        if packet.size or packet.pts is not None:
            yield packet
    yield None


def numbered(packets: Iterator[Any], first: int = 0) -> Iterator[tuple[int, Any]]:
    """Packets with their numbers, which stand for times in the frames that are decoded from them.

    Objects that travel with packets would be freed by decoders' threads, which then wait for ours.
    """
    for number, packet in enumerate(packets, first):
        if packet is not None:
            packet.pts = packet.dts = number
        yield number, packet


@dataclass
class _Scan:
    """All packets of a stream, read without decoding."""

    packets: list[Coded]
    keys: list[int]
    discarded: set[int]
    time_base: Fraction
    rate: Fraction | None
    family: str

    @classmethod
    def of(cls, path: Path, container: InputContainer, stream: av.VideoStream) -> _Scan:
        scan = cls(
            [], [], set(), stream.time_base or Fraction(1, 1000), rate_of(container, stream),
            stream.codec_context.codec.canonical_name,
        )  # fmt: skip
        declared = max(stream.frames, len(stream.index_entries) if _indexed(container) else 0)
        try:
            for number, packet in enumerate(packets_of(container, stream)):
                if packet is None:
                    break
                scan.packets.append(coded(packet))
                if packet.is_keyframe:
                    scan.keys.append(number)
                if packet.is_discard:
                    scan.discarded.add(number)
        except av.FFmpegError as error:
            raise MediaError(unreadable(path, error)) from error
        if len(scan.packets) < declared:
            raise MediaError(
                f"{path} says it has {declared} frames and holds {len(scan.packets)}; it is "
                "half-written"
            )
        return scan

    def predicted(self) -> list[int] | None:
        """The packets in the order they are shown, where timestamps tell it without doubt."""
        if self.family in _UNEVEN or not self.keys or self.keys[0] != 0:
            return None
        shown = [n for n in range(len(self.packets)) if n not in self.discarded]
        stamps = [self.packets[number].shown for number in shown]
        decoded = [p.decoded for p in self.packets if p.decoded is not None]
        if None in stamps or len(set(stamps)) < len(stamps):
            return None
        if any(later <= earlier for earlier, later in pairwise(decoded)):
            return None
        first = self.packets[0].shown
        if first is None or any(s is not None and s < first for s in stamps):
            return None  # pictures shown before the first key frame, which may not decode
        return sorted(shown, key=lambda number: self.packets[number].shown or 0)


def packet_of(frame: av.VideoFrame) -> int:
    """The number of the packet that the frame was decoded from."""
    return -1 if frame.pts is None else frame.pts


def coded(packet: Any) -> Coded:
    """The values that tell a packet from the others."""
    return Coded(packet.pts, packet.dts, packet.pos, packet.size)


def rate_of(container: InputContainer, stream: av.VideoStream) -> Fraction | None:
    """Frames per second that the file says, or that its first timestamps make likely."""
    if "raw" in container.format.long_name or container.format.name in ("h264", "hevc", "m4v"):
        return stream.guessed_rate or stream.average_rate
    return stream.average_rate or stream.guessed_rate


def _indexed(container: InputContainer) -> bool:
    """Whether the file begins with a list of its packets."""
    return "mov" in container.format.name.split(",")


def _is_verified(path: Path, order: list[int]) -> bool:
    """Whether a decoder shows the first frames as predicted."""
    seen: list[int] = []
    wanted = order[:_VERIFIED]
    with open_video(path) as container:
        stream = picture_stream(container)
        context = decoder_of(stream)
        context.thread_type = "SLICE"
        for _, packet in numbered(packets_of(container, stream)):
            try:
                seen += [packet_of(frame) for frame in context.decode(packet)]
            except av.FFmpegError:
                return True  # damage, which the reader tells of
            if len(seen) >= len(wanted):
                break
    return seen[: len(wanted)] == wanted


def _decoded_order(path: Path) -> list[int]:
    """The packets of all frames that a decoder shows, and of those that it fails to."""
    order: list[int] = []
    with open_video(path) as container:
        stream = picture_stream(container)
        context = decoder_of(stream)
        context.thread_type = "SLICE"
        context.options = dict(_LESS_WORK)
        for number, packet in numbered(packets_of(container, stream)):
            try:
                order += [packet_of(frame) for frame in context.decode(packet)]
            except av.EOFError:
                break
            except av.FFmpegError as error:
                if packet is None or not order:
                    raise MediaError(unreadable(path, error)) from error
                order.append(number)
    return order
