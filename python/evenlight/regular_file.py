# SPDX-License-Identifier: Apache-2.0
"""Files that somebody else named, opened so that nothing can hang or run on without an end.

A name in a project, a preset or a shared folder may be that of a pipe, of a device or of a disk
that has gone; reading any of those waits for ever, in the host too.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

#: What the error says of anything else than a file.
_NO_FILE = "it is no file, but a folder, a pipe or a device"


class IrregularFileError(OSError):
    """There is something by that name, and it is no regular file."""


def open_regular(path: Path | str) -> BufferedReader:
    """The file at `path`, or at the end of links from there, to be read.

    Raises OSError where there is none that can be read, and IrregularFileError where it is a
    folder, a pipe, a device or a link without an end.
    """
    try:
        _require_regular(os.stat(path).st_mode)  # noqa: PTH116 - opening a device may move it
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise IrregularFileError(error.errno, _NO_FILE) from error
        raise
    try:
        _require_regular(os.fstat(descriptor).st_mode)  # it may be another than a moment ago
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path | str, most: int) -> bytes:
    """The bytes of the file at `path`; raises as `open_regular`, and EFBIG above `most` bytes."""
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most} bytes")
    return content


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise IrregularFileError(errno.EINVAL, _NO_FILE)
