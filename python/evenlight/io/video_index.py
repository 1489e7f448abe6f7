# SPDX-License-Identifier: Apache-2.0
"""Index of the frames of a video: its timestamps, read without decoding a picture."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer

from ..errors import MediaError


def open_video(path: Path) -> InputContainer:
    """The container of a video; raises MediaError with a sentence that says why not."""
    if not path.is_file():
        raise MediaError(f"{path} does not exist")
    try:
        container = av.open(str(path))
    except av.FFmpegError as error:
        raise MediaError(unreadable(path, error)) from error
    if not container.streams.video:
        container.close()
        raise MediaError(f"{path} holds no video")
    return container


def unreadable(path: Path, error: Exception) -> str:
    """The sentence for a video that does not decode."""
    reason = getattr(error, "strerror", None) or str(error)
    return f"{path} cannot be read; it is damaged, half-written or no video ({reason})"


@dataclass(frozen=True, slots=True)
class VideoIndex:
    """Timestamps of the frames in the order they are shown, and of those decoding can begin at."""

    times: tuple[int, ...]  # in the stream's time base
    keys: tuple[int, ...]
    #: Where of times, by timestamp.
    places: dict[int, int]

    @classmethod
    def of(cls, path: Path) -> VideoIndex:
        """The index of the first video stream."""
        with open_video(path) as container:
            stream = container.streams.video[0]
            times, keys = [], []
            try:
                for packet in container.demux(stream):
                    if packet.size == 0 or packet.is_discard:
                        continue
                    if packet.pts is None:
                        raise MediaError(
                            f"{path} has frames without timestamps; put it in another container, "
                            "for instance: ffmpeg -fflags +genpts -i IN -c copy OUT.mkv"
                        )
                    times.append(packet.pts)
                    if packet.is_keyframe:
                        keys.append(packet.pts)
            except av.FFmpegError as error:
                raise MediaError(unreadable(path, error)) from error
            declared = stream.frames
        if not times:
            raise MediaError(f"{path} holds no frames; it is empty or half-written")
        if len(times) < declared:
            raise MediaError(
                f"{path} says it has {declared} frames and holds {len(times)}; it is half-written"
            )
        order = sorted(set(times))
        return cls(tuple(order), tuple(sorted(keys)), {t: i for i, t in enumerate(order)})

    def key_before(self, time: int) -> int:
        """The last time at or before `time` that decoding can begin at."""
        place = bisect_right(self.keys, time)
        return self.keys[place - 1] if place else self.times[0]
