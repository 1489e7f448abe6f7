# SPDX-License-Identifier: Apache-2.0
"""Sound, subtitles, covers and attachments, which travel to the output without being decoded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Stream

from .containers import Container
from .stream_format import Passenger
from .video_index import open_video
from .video_reader import VideoReader

_FALL = 0.2  # seconds by which a time must fall for a clock to have begun anew
_PICTURES = {"mjpeg": ("jpg", "image/jpeg"), "png": ("png", "image/png")}


class PassthroughStreams:
    """The streams beside the picture; `carry` them along as the picture is written."""

    def __init__(
        self,
        source: VideoReader,
        output: OutputContainer,
        container: Container,
        passengers: tuple[Passenger, ...],
        span: tuple[Fraction, Fraction] | None,
        shift: Fraction,
    ) -> None:
        """Of the whole clip, or of the `span` in seconds; `shift` is taken from their times."""
        #: Streams that the container refused all the same.
        self.refused: list[str] = []
        self._source, self._output, self._span, self._shift = source, output, span, shift
        self._container = open_video(source.path)
        self._streams: dict[int, Stream] = {}
        self._clocks: dict[int, _Clock] = {}
        for passenger in passengers:
            try:
                self._board(passenger, container)
            except (ValueError, av.FFmpegError):
                self.refused.append(str(passenger))
        self._packets = self._wanted()
        self._held: tuple[Fraction, Packet[Stream]] | None = None

    def carry(self, until: Fraction | None = None) -> None:
        """Write the packets before `until`, in seconds of the source; all where that is None."""
        while True:
            time, packet = self._held or next(self._packets, (None, None))
            self._held = None
            if packet is None or time is None:
                return
            if until is not None and time >= until:
                self._held = time, packet
                return
            packet.stream = self._streams[packet.stream.index]
            self._output.mux(packet)

    def close(self) -> None:
        """Let go of the source."""
        self._container.close()

    def _board(self, passenger: Passenger, container: Container) -> None:
        stream = self._container.streams[passenger.index]
        if isinstance(stream, AttachmentStream):
            name, kind = stream.name or "attachment", stream.mimetype or "application/octet-stream"
            self._output.add_attachment(name, kind, stream.data)
            return
        if passenger.kind == "cover" and container.attachments:
            ending, kind = _PICTURES.get(passenger.codec, ("bin", "application/octet-stream"))
            name = stream.metadata.get("filename") or f"cover.{ending}"
            self._output.add_attachment(name, kind, self._first_packet(stream))
            return
        if container.name == "AVI" and passenger.codec == "aac" and not _is_packed(stream):
            raise ValueError("AVI holds no AAC that repeats its header")
        ours = self._output.add_stream_from_template(stream)
        ours.metadata.update(stream.metadata)
        ours.disposition = stream.disposition
        self._streams[stream.index] = ours

    def _first_packet(self, stream: Stream) -> bytes:
        with open_video(self._source.path) as container:
            packets = container.demux(container.streams[stream.index])
            return next(bytes(packet) for packet in packets if packet.size)

    def _wanted(self) -> Iterator[tuple[Fraction, Packet[Stream]]]:
        """The packets with their times in the clip, moved to where the output has them."""
        streams = [self._container.streams[index] for index in self._streams]
        if not streams:
            return
        for packet in self._container.demux(streams):
            if packet.size == 0:
                continue
            clock = self._clocks.setdefault(packet.stream.index, _Clock(self._source))
            time, length = clock.time(packet), (packet.duration or 0) * packet.time_base
            if clock.overlaps(time) or not self._is_wanted(packet, time, length):
                continue
            clock.end = time + length
            moved = round((clock.added - self._shift) / packet.time_base)
            known = packet.pts is not None
            packet.pts = (
                (packet.pts or 0) + moved
                if known
                else round((time - self._shift) / packet.time_base)
            )
            packet.dts = None if packet.dts is None else packet.dts + moved
            yield time, packet

    def _is_wanted(self, packet: Packet[Stream], time: Fraction, length: Fraction) -> bool:
        if self._span is not None:
            return self._span[0] <= time < self._span[1]
        if not packet.is_discard:
            return True  # what an edit list hides is kept as far as decoders need it to begin
        return time + 2 * length > self._source.time(self._source.first)


def _is_packed(stream: Stream) -> bool:
    """Whether what describes the sound stands beside it, and not in each packet."""
    return bool(stream.codec_context and stream.codec_context.extradata)


class _Clock:
    """The time of a stream's packets, which goes on where the file's begins anew."""

    def __init__(self, source: VideoReader) -> None:
        self.added = Fraction(0)
        #: Of the last packet that travels, in seconds of the clip.
        self.end: Fraction | None = None
        self._restarts = [added for _, added in source.index.restarts]
        self._has_restarted = False
        self._last: Fraction | None = None  # in seconds of the file

    def time(self, packet: Packet[Stream]) -> Fraction:
        """Seconds of the packet; one without a time follows the one before."""
        if packet.pts is None:
            return self.end or Fraction(0)
        told = packet.pts * packet.time_base
        if self._restarts and self._last is not None and told < self._last - _FALL:
            self.added, self._has_restarted = self._restarts.pop(0), True
        self._last = told
        return told + self.added

    def overlaps(self, time: Fraction) -> bool:
        """Whether sound from before a restart still goes on."""
        return self._has_restarted and self.end is not None and time < self.end
