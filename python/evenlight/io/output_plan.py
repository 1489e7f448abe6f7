# SPDX-License-Identifier: Apache-2.0
"""Plan of an output: encoder, format of the stream, and what is kept, converted or left behind.

It is made before the first frame is rendered, and the writer does what it says.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av

from .containers import Container, container_of, muxer_of
from .encoder import Encoder, VideoOptions, choose
from .remux import remuxer
from .stream_format import FULL_RANGE, LIMITED_RANGE, UNSPECIFIED, Passenger, StreamFormat
from .timecode import advanced
from .video_probe import has_alpha, sampling

_BT709, _BT2020 = 1, 9
_RGB = 0
#: Codecs whose own headers tell fields, colours and light, whatever the container.
_TELL_FIELDS = {"h264", "mpeg2video", "mpeg4", "prores", "ffv1", "dvvideo"}
_TELL_COLOURS = {"h264", "hevc", "av1", "vp9", "mpeg2video", "prores"}
_TELL_LIGHT = {"h264", "hevc", "av1"}
_TELL_ASPECT = {"h264", "hevc", "mpeg2video", "mpeg4", "mpeg1video", "dvvideo", "mjpeg"}
#: Codecs that an encoder of ours gives the light of the source's container, of the same codec.
_BORROW = {"hevc", "av1", "vp9", "prores", "ffv1"}
#: Codecs whose frames all last alike.
_EVEN = {"mpeg2video", "mpeg1video", "dvvideo"}
#: Tags that say how a file was made, which is said anew.
_STALE = {"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "timecode"}
_STALE |= {"vendor_id", "bps", "number_of_frames", "number_of_bytes", "software", "encoded_by"}
_STALE |= {"uid", "generation_uid", "operational_pattern_ul", "modification_date", "company_name"}
_STALE |= {"product_name", "product_version", "product_version_num", "product_uid"}
_STALE |= {"application_platform", "toolkit_version", "toolkit_version_num", "alpha_mode"}
_STALE |= {"material_package_umid", "file_package_umid", "data_type", "file_package_name"}
_OF_LIGHT = {
    "MASTERING_DISPLAY_METADATA": "mastering display metadata",
    "CONTENT_LIGHT_LEVEL": "content light level",
    "ICC_PROFILE": "ICC profile",
    "SPHERICAL": "spherical projection",
    "STEREO3D": "stereoscopic layout",
    "AMBIENT_VIEWING_ENVIRONMENT": "ambient viewing environment",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Fates of all that a source holds, a phrase each."""

    kept: tuple[str, ...]
    converted: tuple[str, ...]
    left_behind: tuple[str, ...]

    def notices(self, target: Path) -> list[str]:
        """A sentence for each thing that is not kept as it was."""
        behind = [f"{what} does not fit into {target.name} and was left behind"
                  for what in self.left_behind]  # fmt: skip
        return [*(f"{target.name}: {what}" for what in self.converted), *behind]


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """The way an output is written."""

    path: Path
    container: Container
    encoder: Encoder
    source: StreamFormat
    #: The stream as it will be.
    target: StreamFormat
    #: Whether all frames last alike, as the container or the codec wants it.
    is_even: bool
    #: Whether the encoder takes over the structures of the source's container.
    borrows: bool
    #: Whether the file is copied once more by FFmpeg, to say the shape of its pixels.
    remuxes: bool
    report: Report


def plan_output(
    path: Path, source: StreamFormat, options: VideoOptions, *, skipped: int = 0, even: bool = True
) -> OutputPlan:
    """The plan for a video at `path` that begins `skipped` frames after the source's first.

    `even` says whether the source's frames all last alike. Raises ParamError where the container
    cannot hold what is asked for, MediaError where no encoder opens.
    """
    container = container_of(path)
    encoder = choose(path, source, options)
    family = encoder.family
    borrows = family in _BORROW and family == source.family and bool(source.side_data)
    kept = _kept_passengers(path, container, source)
    target = replace(
        _coloured(source, encoder),
        family=family,
        profile=source.profile if family == source.family else "",
        timecode=advanced(source.timecode, source.rate, skipped)
        if container.timecode or family == "mpeg2video"
        else "",
        display_matrix=source.display_matrix if container.display_matrix else None,
        side_data=tuple(
            (name, data)
            for name, data in source.side_data
            if _holds_light(container, family, name, borrows=borrows)
        ),
        chapters=source.chapters if container.chapters else (),
        passengers=kept,
        tags=_tags(source.tags, container),
        stream_tags=_tags(source.stream_tags, container),
    )
    is_even = not container.uneven_rate or family in _EVEN
    remuxes = _must_remux(container, target)
    if remuxes and remuxer() is None:
        remuxes, target = False, replace(target, sample_aspect=None)
    report = _report(container, source, target, is_even=is_even, even=even)
    return OutputPlan(path, container, encoder, source, target, is_even, borrows, remuxes, report)


def _must_remux(container: Container, target: StreamFormat) -> bool:
    """Whether only FFmpeg's own command can have the file say the shape of its pixels."""
    shaped = target.sample_aspect not in (None, 1)
    return container.aspect_by_copy and shaped and target.family not in _TELL_ASPECT


def _coloured(source: StreamFormat, encoder: Encoder) -> StreamFormat:
    """The format with the encoder's samples, and with colours that they can have."""
    kind = encoder.kind
    target = replace(
        source,
        pixel_format=encoder.pixel_format,
        sampling=sampling(kind),
        depth=max(part.bits for part in kind.components),
        alpha=has_alpha(kind),
    )
    if not source.family:  # images become video as televisions show it
        target = replace(target, matrix=_BT709, primaries=_BT709, transfer=_BT709)
        target = replace(target, range=FULL_RANGE if target.is_rgb else LIMITED_RANGE)
        return replace(target, matrix=_RGB) if target.is_rgb else target
    if target.is_rgb and (encoder.family in _TELL_COLOURS or not source.is_rgb):
        target = replace(target, matrix=_RGB, range=target.range if source.is_rgb else FULL_RANGE)
    if source.is_rgb and not target.is_rgb:
        wide = source.primaries == _BT2020
        target = replace(target, matrix=_BT2020 if wide else _BT709, range=LIMITED_RANGE)
    if encoder.family == "mjpeg":
        target = replace(target, range=FULL_RANGE)
    return target


def _holds_light(container: Container, family: str, name: str, *, borrows: bool) -> bool:
    """Whether a structure of the side data arrives."""
    if name in ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL") and family in _TELL_LIGHT:
        return True
    if name == "ICC_PROFILE" and container.name == "Matroska":
        return False
    return borrows and container.mastering


def _kept_passengers(
    path: Path, container: Container, source: StreamFormat
) -> tuple[Passenger, ...]:
    known = _codecs_beside(path, container) if source.passengers else set()
    room = {"attachment": container.attachments, "cover": container.cover}
    return tuple(
        passenger
        for passenger in source.passengers
        if room.get(passenger.kind)
        or (passenger.kind in ("audio", "subtitle") and passenger.codec in known)
    )


def _codecs_beside(path: Path, container: Container) -> set[str]:
    """Codecs of sound and subtitles that the container takes."""
    if container.beside is not None:
        return set(container.beside)
    with av.open(io.BytesIO(), "w", format=muxer_of(path)) as trial:
        return set(trial.supported_codecs)


def _tags(tags: dict[str, str], container: Container) -> dict[str, str]:
    return {
        key: value
        for key, value in tags.items()
        if not _is_stale(key) and (container.tags is None or key.lower() in container.tags)
    }


def _is_stale(key: str) -> bool:
    return key.lower() in _STALE or key.startswith("_STATISTICS")


def _report(
    container: Container, source: StreamFormat, target: StreamFormat, *, is_even: bool, even: bool
) -> Report:
    kept: list[str] = []
    converted: list[str] = []
    behind: list[str] = []
    for what, now, then in _samples(source, target):
        if now == then:
            kept.append(f"{what} {now}")
        else:
            converted.append(f"{what} {now} becomes {then}")
    for what, arrives in _properties(container, source, target):
        (kept if arrives else behind).append(what)
    if is_even and not even:
        converted.append("frames of uneven length are shown at an even rate")
    return Report(tuple(kept), tuple(converted), tuple(behind))


def _samples(source: StreamFormat, target: StreamFormat) -> Iterator[tuple[str, str, str]]:
    if source.family:
        yield "codec", source.family, target.family
        yield "sampling", source.sampling, target.sampling
        yield "depth", f"{source.depth} bits", f"{target.depth} bits"


def _properties(
    container: Container, source: StreamFormat, target: StreamFormat
) -> Iterator[tuple[str, bool]]:
    """All that a source may say beside its samples, and whether the output says it too."""
    family = target.family
    if source.alpha:
        yield "alpha", target.alpha
    said = {source.matrix, source.primaries, source.transfer} - {UNSPECIFIED, _RGB}
    if said:
        yield "colour tags", container.colours or family in _TELL_COLOURS
    if source.sample_aspect not in (None, 1):
        aspect = f"pixel aspect {source.sample_aspect}".replace("/", ":")
        told = container.sample_aspect or family in _TELL_ASPECT
        yield aspect, told and target.sample_aspect is not None
    if source.field_order.is_interlaced:
        fields = f"field order ({source.field_order})"
        yield fields, container.field_order or family in _TELL_FIELDS
    if source.timecode:
        yield f"timecode {source.timecode}", bool(target.timecode)
    if source.display_matrix:
        yield "rotation or mirroring on screen", target.display_matrix is not None
    there = dict(target.side_data)
    for name, _ in source.side_data:
        yield _OF_LIGHT.get(name, name.lower()), name in there
    if source.chapters:
        yield f"{len(source.chapters)} chapters", bool(target.chapters)
    kept = {passenger.index for passenger in target.passengers}
    for passenger in source.passengers:
        yield str(passenger), passenger.index in kept and passenger.kind != "frames"
    lost = [key for key in source.tags if key not in target.tags and not _is_stale(key)]
    for key in lost:
        yield f"tag {key!r}", False
