# SPDX-License-Identifier: Apache-2.0
"""The process that the plug-in starts."""

from __future__ import annotations

import mmap
import os
import socket
import struct
import threading
import time

CONTROL = 3
BEAT_SECONDS = 0.25


def beat(memory: mmap.mmap) -> None:
    """Count up for as long as this process lives, so that the plug-in sees that it does."""
    beats = memoryview(memory).cast("Q")
    while True:
        beats[0] += 1
        time.sleep(BEAT_SECONDS)


def main() -> None:
    """Serve the plug-in until its host ends."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `evenlight.cli.main` does
    os.closerange(CONTROL + 1, os.sysconf("SC_OPEN_MAX"))  # the host's files are not ours to hold
    control = socket.socket(fileno=CONTROL)
    memory = mmap.mmap(receive_descriptor(control), struct.calcsize("Q"))
    threading.Thread(target=beat, args=(memory,), daemon=True).start()
    from .channel import Effects, open_channel

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
