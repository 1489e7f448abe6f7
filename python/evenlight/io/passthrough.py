# SPDX-License-Identifier: Apache-2.0
"""Sound and subtitles, which travel from the source to the output without being decoded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from .video_index import open_video
from .video_reader import VideoReader


class PassthroughStreams:
    """The streams beside the picture; `carry` them along as the picture is written."""

    def __init__(
        self,
        source: VideoReader,
        output: OutputContainer,
        begin: Fraction,
        end: Fraction,
        shift: Fraction,
    ) -> None:
        self.left_behind: list[str] = []
        self._output = output
        self._begin, self._end, self._shift = begin, end, shift
        self._container = open_video(source.path)
        self._streams: dict[int, Stream] = {}
        for stream in self._container.streams:
            if stream.type not in ("audio", "subtitle"):
                continue
            codec = stream.codec_context.codec.canonical_name
            if codec in output.supported_codecs:
                ours = output.add_stream_from_template(stream)
                ours.metadata.update(stream.metadata)
                self._streams[stream.index] = ours
            else:
                self.left_behind.append(f"{stream.type} stream {stream.index} ({codec})")
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
            shift = round(self._shift / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
            packet.stream = self._streams[packet.stream.index]
            self._output.mux(packet)

    def close(self) -> None:
        """Let go of the source."""
        self._container.close()

    def _wanted(self) -> Iterator[tuple[Fraction, Packet[Stream]]]:
        streams = [self._container.streams[index] for index in self._streams]
        if not streams:
            return
        for packet in self._container.demux(streams):
            if packet.size == 0 or packet.pts is None:
                continue
            time = packet.pts * packet.time_base
            if self._begin <= time < self._end:
                yield time, packet
