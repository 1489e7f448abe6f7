# SPDX-License-Identifier: Apache-2.0
"""Hidden names of files that are not whole yet, and sentences for errors of the disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BusyError, EvenlightError, MediaError

try:
    import fcntl
except ImportError:  # Windows: a file that is written there cannot be opened twice anyway
    fcntl = None  # type: ignore[assignment]

_PASSING = {
    errno.ENOSPC: "the disk is full; make room or write elsewhere",
    errno.EDQUOT: "your share of the disk is used up; make room or write elsewhere",
}
_REMEDIES = {
    **_PASSING,
    errno.EFBIG: "the file is larger than this system allows",
    errno.EACCES: "there is no permission; choose a folder that you may write to",
    errno.EPERM: "there is no permission; choose a folder that you may write to",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOENT: "the folder does not exist; make it first",
}


def partial_name(path: Path) -> Path:
    """A hidden name beside `path`, with its suffix, for a file that is not whole yet."""
    return path.with_name(f".{path.stem}.part{path.suffix}")


class Claim:
    """The right to write the file at `path`, under the name `partial` until it is whole.

    It is a lock on the partial file, which the system takes back when a process dies: what a dead
    job left is written over, and two living jobs never write one file. Where a disk knows no locks
    there is none.
    """

    def __init__(self, path: Path) -> None:
        """Raises BusyError where another job has it, MediaError where nothing can be written."""
        self.path, self.partial = path, partial_name(path)
        with writing(path):
            self._descriptor = self._locked()

    def publish(self, *, durable: bool = False) -> None:
        """Give the whole file its name; `durable` waits until the disk has it."""
        with writing(self.path):
            if durable:
                with self.partial.open("rb+") as whole:
                    os.fsync(whole.fileno())
            self.partial.replace(self.path)
        self._release()

    def drop(self) -> None:
        """Remove the partial file; harmless after `publish`."""
        if self._descriptor is not None:
            self.partial.unlink(missing_ok=True)
            self._release()

    def _locked(self) -> int | None:
        while True:
            descriptor = os.open(self.partial, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                self._lock(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            if self._is_still(descriptor):
                return descriptor
            os.close(descriptor)  # it was whole and renamed in between

    def _lock(self, descriptor: int) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"{self.path} is being written by another job; wait for it, or write elsewhere"
            ) from error
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise

    def _is_still(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self.partial.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A context in which errors of the system become MediaError or BusyError about `path`."""
    try:
        yield
    except EvenlightError:
        raise
    except OSError as error:
        reason = _REMEDIES.get(error.errno or 0, error.strerror or str(error))
        kind = BusyError if error.errno in _PASSING else MediaError
        raise kind(f"{path} cannot be written: {reason}") from error


def check_folder(path: Path) -> None:
    """Raise MediaError where no file can be made at `path`, before hours are spent on it."""
    folder = path.parent
    if not folder.is_dir():
        raise MediaError(f"{path} cannot be written: the folder {folder} does not exist; make it")
    probe = path.with_name(f".{path.stem}.{os.getpid()}.probe")
    with writing(path):
        probe.touch()
        probe.unlink()


def refuse_existing(path: Path) -> None:
    """Raise MediaError where something stands at `path`."""
    if path.exists():
        raise MediaError(f"{path} exists; allow it to be replaced with --overwrite")
