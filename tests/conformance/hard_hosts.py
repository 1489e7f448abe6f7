# SPDX-License-Identifier: Apache-2.0
"""Hosts that are hard on plug-ins, each run in a process of its own: `python hard_hosts.py NAME`.

Each prints one line of JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from evenlight.bundle import built_bundle
from evenlight.frames import Array
from pyopenfx import Host, Instance, PyOpenFXError

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.processes import children_of

COUNT, SHAPE = 8, (72, 96)
HANG = 60.0  # seconds


def clip() -> list[Array]:
    """A moving picture that flickers, float RGBA."""
    rng = np.random.default_rng(3)
    wide = np.kron(rng.random((12, 24, 3)), np.ones((8, 8, 1))) * 0.6 + 0.15
    frames = []
    for number in range(COUNT):
        shown = wide[: SHAPE[0], 2 * number : 2 * number + SHAPE[1]]
        lit = shown * (1 + 0.2 * np.sin(1.7 * number))
        frames.append(np.dstack([lit, np.ones(SHAPE)]).astype(np.float32))
    return frames


def opened(host: Host, effect: str) -> Instance:
    plugins = {plugin.identifier.rpartition(".")[2]: plugin for plugin in host.load(built_bundle())}
    instance = plugins[effect].create("Filter")
    instance.clips["Source"].connect(clip())
    return instance


def digest(pixels: Array) -> str:
    return hashlib.blake2b(np.ascontiguousarray(pixels).tobytes(), digest_size=8).hexdigest()


def closes() -> dict[str, object]:
    """Closes the host while four threads render; again and again, at other moments."""
    told: dict[str, int] = {}
    for delay in (0.0, 0.02, 0.1, 0.3):
        host = Host()
        instance = opened(host, "restore")
        with ThreadPoolExecutor(4) as threads:
            rendering = [threads.submit(instance.render, n % COUNT) for n in range(12)]
            time.sleep(delay)
            host.close()
            for one in rendering:
                try:
                    one.result(HANG)
                    name = "rendered"
                except PyOpenFXError as error:
                    name = type(error).__name__
                told[name] = told.get(name, 0) + 1
    return {"told": told}


def forks() -> dict[str, object]:
    """Forks between renders; parent and child then render at the same time."""
    host = Host()
    instance = opened(host, "deblotch")
    want = [digest(instance.render(n)) for n in range(COUNT)]
    reading, writing = os.pipe()
    child = os.fork()
    wrong = sum(digest(instance.render(n % COUNT)) != want[n % COUNT] for n in range(2 * COUNT))
    if child == 0:
        os.write(writing, bytes([wrong]))
        os._exit(0)
    os.close(writing)
    told = os.read(reading, 1)  # nothing where the child crashed
    os.waitpid(child, 0)
    after = sum(digest(instance.render(n)) != want[n] for n in range(COUNT))
    host.close()
    return {"wrong": wrong + after, "wrong in the child": told[0] if told else "it died"}


def renders_with_networks() -> dict[str, object]:
    """Renders Restore, which loads all networks."""
    with Host() as host:
        instance = opened(host, "restore")
        return {"messages": [instance.render(2) is None, *(m.text for m in instance.messages)]}


def leaves_a_child() -> dict[str, object]:
    """Ends by force, while a child that it forked goes on and holds what it held."""
    host = Host()
    opened(host, "deflicker").render(0)
    (worker,) = children_of(os.getpid(), b"evenlight.worker")
    if os.fork() == 0:
        os.close(1)
        time.sleep(HANG)
        os._exit(0)
    say({"worker": worker})
    os._exit(0)


def say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def hangs() -> None:
    say({"hangs": True})
    os._exit(1)


if __name__ == "__main__":
    hosts: dict[str, Callable[[], dict[str, object]]] = {
        "closes": closes,
        "forks": forks,
        "leaves_a_child": leaves_a_child,
        "renders_with_networks": renders_with_networks,
    }
    watch = threading.Timer(2 * HANG, hangs)
    watch.daemon = True
    watch.start()
    say(hosts[sys.argv[1]]())
