# SPDX-License-Identifier: Apache-2.0
"""The process that the plug-in starts."""

from __future__ import annotations

import mmap
import os
import socket
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path

CONTROL = 3
BEAT_SECONDS = 0.25
#: Where memory runs out the system ends this process, which can be replaced, before the host.
OOM_SCORE = "800"


def beat(beats: memoryview, host: int) -> None:
    """Count up for as long as this process lives, so that the plug-in sees that it does.

    Ends this process where its host has ended, and a child of the host's still holds the socket.
    """
    while True:
        beats[0] += 1
        if os.getppid() != host:
            os._exit(0)
        time.sleep(BEAT_SECONDS)


def yield_memory() -> None:
    """Have the system end this process first where memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)


def main() -> None:
    """Serve the plug-in until its host ends."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `evenlight.cli.main` does
    os.closerange(CONTROL + 1, os.sysconf("SC_OPEN_MAX"))  # the host's files are not ours to hold
    host = os.getppid()
    yield_memory()
    control = socket.socket(fileno=CONTROL)
    memory = mmap.mmap(receive_descriptor(control), struct.calcsize("QQ"))
    beats = memoryview(memory).cast("Q")
    threading.Thread(target=beat, args=(beats, host), daemon=True).start()
    from evenlight import log

    from .channel import Effects, open_channel

    log.start()

    beats[1] = 1  # what is silent from now on does not load libraries
    effects = Effects()
    while True:
        channel = open_channel(receive_descriptor(control), effects)
        threading.Thread(target=channel.serve, daemon=True).start()


def receive_descriptor(control: socket.socket) -> int:
    """The next descriptor that the plug-in hands over. Ends this process with the host."""
    try:
        _, (descriptor,), _, _ = socket.recv_fds(control, 1, 1)
    except (OSError, ValueError):  # nothing comes over a closed socket
        os._exit(0)
    return descriptor


main()
