# SPDX-License-Identifier: Apache-2.0
"""Versions of the files of a clip: a source must not change while it is rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import MediaError

#: Device and number of a file, which it keeps whatever names and links lead to it.
Identity = tuple[int, int]

_MILLISECOND = 10**6  # nanoseconds; copying tools keep no more than that


@dataclass(frozen=True, slots=True)
class Version:
    """Size and time of change of a file, which tell its versions apart without reading it."""

    size: int  # bytes
    changed: int  # nanoseconds; when the file was changed last
    #: Left out where versions are compared, for a file that was copied back is the same.
    identity: Identity = field(compare=False)

    @classmethod
    def of(cls, path: Path) -> Version:
        """The version that is on disk now; raises MediaError where there is none."""
        try:
            found = path.stat()
        except OSError as error:
            raise MediaError(f"{path} does not exist") from error
        return cls(found.st_size, found.st_mtime_ns, (found.st_dev, found.st_ino))


def identity_of(path: Path) -> Identity | None:
    """The identity of the file that `path` leads to, or None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def check_unchanged(path: Path, version: Version) -> None:
    """Raise MediaError unless the file is still the one that the clip was opened with."""
    try:
        now: Version | None = Version.of(path)
    except MediaError:
        now = None
    if now != version:
        happened = "was changed" if now else "has gone"
        raise MediaError(
            f"{path} {happened} while it was rendered; render again when the source is at rest"
        )


def fingerprint(files: Iterable[tuple[str, Version]]) -> str:
    """A digest of names, sizes and times of change of files; their folder is left out."""
    digest = hashlib.sha256()
    for name, version in files:
        line = f"{name}\0{version.size}\0{version.changed // _MILLISECOND}\n"
        digest.update(line.encode())
    return digest.hexdigest()[:32]
