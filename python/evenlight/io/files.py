# SPDX-License-Identifier: Apache-2.0
"""Hidden names of files that are not whole yet, and sentences for errors of the disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..errors import BusyError, EvenlightError, MediaError
from .version import Identity, identity_of

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


_NO_LINKS = int(getattr(os, "O_NOFOLLOW", 0))  # Windows knows none
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINKS


def partial_name(path: Path) -> Path:
    """A hidden name beside `path`, with its suffix, for a file that is not whole yet."""
    return path.with_name(f".{path.stem}.part{path.suffix}")


class Claim:
    """The right to write the file at `path`, under the name `partial` until it is whole.

    It is a lock on the partial file, which the system takes back when a process dies: what a dead
    job left is removed, and two living jobs never write one file. Where a disk knows no locks there
    is none. The partial file is always a new one: nothing that was there, least of all a link, is
    written through.
    """

    def __init__(self, path: Path) -> None:
        """Raises BusyError where another job has it, MediaError where nothing can be written."""
        self.path, self.partial = path, partial_name(path)
        with writing(path):
            self._descriptor: int | None = self._locked()

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

    def _locked(self) -> int:
        while True:
            try:
                descriptor = os.open(self.partial, _NEW, 0o666)
            except FileExistsError:
                self._remove_what_a_dead_job_left()
                continue
            try:
                self._lock(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            if self._is_still(descriptor):
                return descriptor
            os.close(descriptor)  # another job took it for a dead one's before it was locked

    def _remove_what_a_dead_job_left(self) -> None:
        """Unlink what bears the partial name; raises BusyError where a living job writes it."""
        if self.partial.is_symlink():
            self.partial.unlink(missing_ok=True)  # the link, not what it leads to
            return
        try:
            descriptor = os.open(self.partial, os.O_RDWR | _NO_LINKS)
        except FileNotFoundError:
            return
        try:
            self._lock(descriptor)
            if self._is_still(descriptor):
                self.partial.unlink()
        finally:
            os.close(descriptor)

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
            return os.path.samestat(self.partial.lstat(), os.fstat(descriptor))
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
        probe.unlink(missing_ok=True)
        create(probe)
        probe.unlink()


def check_name(path: Path) -> None:
    """Raise MediaError where the libraries that read and write files cannot be told the name."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
        raise MediaError(f"{shown} has a name that is not UTF-8; rename it") from error


def create(path: Path, text: str = "") -> None:
    """Make a new file; raises FileExistsError where something stands there, a link included."""
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def refuse_sources(targets: Iterable[Path], sources: Mapping[Identity, Path]) -> None:
    """Raise MediaError where a file to be written is one that is read, whatever its name."""
    for target in targets:
        found = identity_of(target)
        if found is not None and found in sources:
            same = "" if sources[found] == target else f" ({sources[found]})"
            raise MediaError(f"{target} is the source itself{same}; write to another name")


def refuse_existing(path: Path) -> None:
    """Raise MediaError where something stands at `path`."""
    if path.exists():
        raise MediaError(f"{path} exists; allow it to be replaced with --overwrite")
