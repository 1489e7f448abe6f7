# SPDX-License-Identifier: Apache-2.0
"""The worker's end of a connection where the system is POSIX: a socket, with which descriptors
travel."""

from __future__ import annotations

import errno
import mmap
import os
import socket
from dataclasses import dataclass

#: Descriptor by which the plug-in hands over the first.
CONTROL = 3


@dataclass(slots=True)
class End:
    """One end. Raises OSError where the plug-in has closed the other."""

    connection: socket.socket
    _came: int = -1  # the last descriptor, until it is taken

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.connection.sendall(data)

    def receive(self, size: int) -> bytes:
        """Bytes that are there or come next, at most `size`; none where the other end is closed."""
        part, descriptors, _, _ = socket.recv_fds(self.connection, size, 1)
        if descriptors:
            self._came = descriptors[0]
        return part

    def take_descriptor(self) -> int:
        """The descriptor that came with what was received; raises OSError where none did."""
        came, self._came = self._came, -1
        if came < 0:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return came

    def close(self) -> None:
        """Say nothing more."""
        self.connection.close()


def open_end(descriptor: int) -> End:
    """The end that the plug-in handed over."""
    return End(socket.socket(fileno=descriptor))


def open_control() -> End:
    """The end that this process was started with."""
    os.closerange(CONTROL + 1, os.sysconf("SC_OPEN_MAX"))  # the host's files are not ours to hold
    return open_end(CONTROL)


def map_memory(descriptor: int, size: int) -> memoryview:
    """Memory of `size` bytes that the plug-in maps too; closes the descriptor it is handed by."""
    try:
        return memoryview(mmap.mmap(descriptor, size))
    finally:
        os.close(descriptor)
