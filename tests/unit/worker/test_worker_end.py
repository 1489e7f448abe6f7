# SPDX-License-Identifier: Apache-2.0
"""The worker's end of a connection: bytes, descriptors, memory, and the other end's closing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from evenlight.worker.end import End, map_memory, open_end

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory as Linux hands it over")


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, End]]:
    """The plug-in's end, and the worker's."""
    ours, theirs = socket.socketpair()
    end = open_end(theirs.detach())
    with ours:
        yield ours, end
    end.close()


def test_bytes_cross_both_ways(ends: tuple[socket.socket, End]) -> None:
    plugin, end = ends
    plugin.sendall(b"question")
    assert end.receive(4) + end.receive(100) == b"question"
    end.send(b"answer")
    assert plugin.recv(100) == b"answer"


def test_nothing_comes_over_a_closed_one(ends: tuple[socket.socket, End]) -> None:
    plugin, end = ends
    plugin.close()
    assert end.receive(1) == b""
    with pytest.raises(BrokenPipeError):
        end.send(b"answer")


def test_memory_is_handed_over_and_mapped(ends: tuple[socket.socket, End]) -> None:
    plugin, end = ends
    memory = os.memfd_create("memory")
    os.truncate(memory, 5000)
    socket.send_fds(plugin, [b"\0more"], [memory])
    assert end.receive(1) == b"\0"
    taken = end.take_descriptor()
    view = map_memory(taken, 5000)
    assert len(view) == 5000
    view[4999] = 7
    assert os.pread(memory, 1, 4999) == b"\7"
    os.close(memory)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(taken)
    assert end.receive(100) == b"more"


def test_a_descriptor_that_did_not_come_is_an_error(ends: tuple[socket.socket, End]) -> None:
    plugin, end = ends
    plugin.sendall(b"\0")
    end.receive(1)
    with pytest.raises(OSError, match="Bad file descriptor"):
        end.take_descriptor()


def test_the_end_of_the_other_system_is_not_loaded() -> None:
    code = "import evenlight.worker.channel, sys; print(*(m for m in sys.modules if '_end' in m))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "evenlight.worker.socket_end" in told.stdout
    assert "pipe_end" not in told.stdout
