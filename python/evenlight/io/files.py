# SPDX-License-Identifier: Apache-2.0
"""Names under which files are written until they are whole, and sentences for what disks say."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import EvenlightError, MediaError

_REMEDIES = {
    errno.ENOSPC: "the disk is full; make room or write elsewhere",
    errno.EDQUOT: "your share of the disk is used up; make room or write elsewhere",
    errno.EFBIG: "the file is larger than this system allows",
    errno.EACCES: "there is no permission; choose a folder that you may write to",
    errno.EPERM: "there is no permission; choose a folder that you may write to",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOENT: "the folder does not exist; make it first",
}


def partial_name(path: Path) -> Path:
    """A hidden name beside `path`, with its suffix, for a file that is not whole yet."""
    return path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says while `path` is written into a sentence."""
    try:
        yield
    except EvenlightError:
        raise
    except OSError as error:
        reason = _REMEDIES.get(error.errno or 0, error.strerror or str(error))
        raise MediaError(f"{path} cannot be written: {reason}") from error


def check_folder(path: Path) -> None:
    """Whether a file may be made at `path`, before hours are spent on its contents."""
    folder = path.parent
    if not folder.is_dir():
        raise MediaError(f"{path} cannot be written: the folder {folder} does not exist; make it")
    probe = partial_name(path)
    with writing(path):
        probe.touch()
        probe.unlink()


def refuse_existing(path: Path) -> None:
    """Nothing is overwritten unasked."""
    if path.exists():
        raise MediaError(f"{path} exists; allow it to be replaced with --overwrite")
