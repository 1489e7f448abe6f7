# SPDX-License-Identifier: Apache-2.0
"""Record of the job that made frames: a small file beside them, so that none passes for others.

Frames that were rendered with other settings, of another source or by another version look as
whole as those that are wanted. Only where the record agrees are frames kept, but for those that
bear a mark (`marks`).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import MediaError
from ..io import Reader, VideoOptions, is_images
from ..io.files import create, writing
from ..io.parts import folder_of
from ..io.pattern import Pattern
from ..presets import data_of
from ..regular_file import open_regular, read_regular
from .job import RenderJob
from .marks import mark

_MIXED = {"mixed": True}
_LARGEST = 1 << 24  # bytes; a record holds every value of a preset
_WORDS = {
    "evenlight": "another version of Evenlight",
    "source": "another source, or it was changed since",
    "mask": "another mask, or it was changed since",
    "missing": "another choice for missing frames",
    "damaged": "another choice for damaged frames",
    "layer": "another layer",
    "fields": "another order of fields",
    "graph": "other effects or settings",
    "repairs": "other decisions about single repairs",
    "video": "other options of the video",
    "mixed": "several jobs",
}


def description(job: RenderJob, source: Reader, mask: Reader | None) -> dict[str, Any]:
    """All that the bytes of a frame depend on, where no fall back had a part in it."""
    found: dict[str, Any] = {
        "evenlight": __version__,
        "source": source.fingerprint,
        "mask": mask.fingerprint if mask else None,
        "missing": str(job.missing),
        "damaged": str(job.damaged),
        "layer": job.layer,
        "fields": job.order(source).name,
        "graph": data_of(job.graph.without_files().without_fall_back()),
    }
    if job.graph.repairs:
        found["repairs"] = [_digest(path) for path in job.graph.repairs]
    if not is_images(job.target):
        found["video"] = asdict(job.video)
    return found


def _digest(path: str) -> str:
    """A digest of what stands in a repairs file."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, partial(hashlib.blake2b, digest_size=16)).hexdigest()


def record_path(target: Path) -> Path:
    """Where the record of `target` stands: hidden beside images, or among a video's parts."""
    if not is_images(target):
        return folder_of(target) / "job.json"
    pattern = Pattern.parse(target)
    return target.with_name(f".{pattern.before}{pattern.after}.evenlight.json")


def agree(job: RenderJob, description: dict[str, Any], numbers: range) -> None:
    """See to it that the record says how `numbers` are made.

    Raises MediaError where frames that are to be kept, or the other parts of a video, were made in
    another way.
    """
    if is_images(job.target):
        _agree_on_images(job, description, numbers)
    else:
        _agree_on_parts(job, description)


def _agree_on_images(job: RenderJob, description: dict[str, Any], numbers: range) -> None:
    path, there = record_path(job.target), _others(job.target, range(0))
    found = _read(path)
    if found is None and not there:
        found = _create(path, description)
    if found == description:
        return
    if there and job.resume:
        made = f"was made with {_difference(found, description)}" if found else "has no record"
        raise MediaError(
            f"what is at {job.target} {made}, so its frames cannot be kept; render them all again "
            "with --overwrite, or write elsewhere"
        )
    for number in _numbers(job.target):
        if number in numbers:
            mark(Pattern.parse(job.target).file(number))  # until this job has written it
    _replace(path, _MIXED if _others(job.target, numbers) else description)


def _agree_on_parts(job: RenderJob, description: dict[str, Any]) -> None:
    path = record_path(job.target)
    found = _read(path) or _create(path, description)
    if found == description:
        return
    if not job.overwrite:
        raise MediaError(
            f"the parts in {path.parent} were made with {_difference(found, description)}; remove "
            "that folder, render with --overwrite, or write elsewhere"
        )
    for part in path.parent.glob("*.nut"):
        part.unlink(missing_ok=True)
    _replace(path, description)


def video_options(job: RenderJob, source: Reader) -> VideoOptions:
    """The options that the parts of the job's video were made for.

    Raises MediaError where there are no parts, or parts of another source.
    """
    path = record_path(job.target)
    found = _read(path)
    if found is None:
        raise MediaError(f"there are no parts of {job.target}; render them with --part")
    video = found.get("video")
    if found.get("source") != source.fingerprint or not isinstance(video, dict):
        raise MediaError(
            f"the parts in {path.parent} were made with {_WORDS['source']}; render them again"
        )
    return VideoOptions(**video)


def forget(job: RenderJob) -> None:
    """Remove the record of images of which none was written; a job that resumes may have peers."""
    if is_images(job.target) and not job.resume and not _others(job.target, range(0)):
        record_path(job.target).unlink(missing_ok=True)


def _others(target: Path, numbers: range) -> bool:
    """Whether images of other numbers are there."""
    return any(number not in numbers for number in _numbers(target))


def _numbers(target: Path) -> list[int]:
    try:
        return Pattern.parse(target).numbers()
    except MediaError:
        return []


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    keys = [key for key in _WORDS if found.get(key) != wanted.get(key)]
    return _WORDS[keys[0]] if keys else "another job"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(read_regular(path, _LARGEST).decode())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return dict(_MIXED)  # a record that cannot be read vouches for nothing
    return found if isinstance(found, dict) else dict(_MIXED)


def _create(path: Path, description: dict[str, Any]) -> dict[str, Any]:
    """Write the record unless another process was first; give what stands there."""
    partial = _written(path, description)
    try:
        with writing(path):
            os.link(partial, path)
        return description
    except MediaError:
        found = _read(path)
        if found is not None:
            return found
        with writing(path):
            partial.replace(path)  # a disk without links
        return description
    finally:
        partial.unlink(missing_ok=True)


def _replace(path: Path, description: dict[str, Any]) -> None:
    with writing(path):
        _written(path, description).replace(path)


def _written(path: Path, description: dict[str, Any]) -> Path:
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with writing(path):
            partial.unlink(missing_ok=True)
            create(partial, json.dumps(description, indent=1) + "\n")
    except MediaError:
        partial.unlink(missing_ok=True)
        raise
    return partial
