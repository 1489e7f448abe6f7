# SPDX-License-Identifier: Apache-2.0
"""The process that the plug-in starts."""

from __future__ import annotations

import os
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path

from .end import End, map_memory, open_control

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
    control = open_control()
    host = os.getppid()
    yield_memory()
    beats = map_memory(receive_descriptor(control), struct.calcsize("QQ")).cast("Q")
    threading.Thread(target=beat, args=(beats, host), daemon=True).start()
    from evenlight import log

    from .channel import Effects, open_channel

    log.start()

    beats[1] = 1  # what is silent from now on does not load libraries
    effects = Effects()
    while True:
        channel = open_channel(receive_descriptor(control), effects)
        threading.Thread(target=channel.serve, daemon=True).start()


def receive_descriptor(control: End) -> int:
    """The next descriptor that the plug-in hands over. Ends this process with the host."""
    try:
        control.receive(1)
        return control.take_descriptor()
    except OSError:  # nothing comes over a closed connection
        os._exit(0)


main()
