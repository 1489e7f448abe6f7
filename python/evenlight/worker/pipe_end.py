# SPDX-License-Identifier: Apache-2.0
"""The worker's end of a connection on Windows: a pipe, in which the numbers of handles follow what
they belong to. The plug-in's side is tried under Wine; this one is untried."""

from __future__ import annotations

import ctypes
import msvcrt
import os
import struct
import sys
import weakref
from ctypes import wintypes
from dataclasses import dataclass

assert sys.platform == "win32"

_FILE_MAP_WRITE = 2  # and read


@dataclass(slots=True)
class End:
    """One end. Raises OSError where the plug-in has closed the other."""

    file: int  # descriptor of the C library

    def send(self, data: bytes) -> None:
        """Send all of it."""
        left = memoryview(data)
        while left:
            left = left[os.write(self.file, left) :]

    def receive(self, size: int) -> bytes:
        """Bytes that are there or come next, at most `size`; none where the other end is closed."""
        return os.read(self.file, size)

    def take_descriptor(self) -> int:
        """The handle that follows what was received; raises OSError where none does."""
        number = b""
        while len(number) < 8:
            part = self.receive(8 - len(number))
            if not part:
                raise BrokenPipeError
            number += part
        (handle,) = struct.unpack("=q", number)
        return int(handle)

    def close(self) -> None:
        """Say nothing more."""
        os.close(self.file)


def open_end(descriptor: int) -> End:
    """The end that the plug-in handed over."""
    return End(msvcrt.open_osfhandle(descriptor, os.O_RDWR | os.O_BINARY | os.O_NOINHERIT))


def open_control() -> End:
    """The end that this process was started with: its handle is the last argument.

    Tells the plug-in who it is, for the `python.exe` of an environment only launches another.
    """
    handle = int(sys.argv[-1])
    os.set_handle_inheritable(handle, False)
    end = open_end(handle)
    end.send(struct.pack("=Q", os.getpid()))
    return end


def map_memory(descriptor: int, size: int) -> memoryview:
    """Memory of `size` bytes that the plug-in maps too; closes the handle it is handed by."""
    kernel = _kernel()
    address = kernel.MapViewOfFile(descriptor, _FILE_MAP_WRITE, 0, 0, size)
    error = ctypes.get_last_error()
    kernel.CloseHandle(descriptor)
    if not address:
        raise ctypes.WinError(error)
    memory = (ctypes.c_ubyte * size).from_address(address)
    weakref.finalize(memory, kernel.UnmapViewOfFile, address).atexit = False
    return memoryview(memory).cast("B")


def _kernel() -> ctypes.WinDLL:
    """The system's functions for memory, with the types that they take."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.MapViewOfFile.restype = ctypes.c_void_p
    kernel.MapViewOfFile.argtypes = (
        wintypes.HANDLE, wintypes.DWORD, wintypes.DWORD, wintypes.DWORD, ctypes.c_size_t,
    )  # fmt: skip
    kernel.UnmapViewOfFile.argtypes = (ctypes.c_void_p,)
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    return kernel
