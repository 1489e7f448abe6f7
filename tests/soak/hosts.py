# SPDX-License-Identifier: Apache-2.0
"""Trials of the plug-in in a host: workers that are killed, aborts, threads, many instances."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import os
import random
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from tests.processes import children_of

from evenlight.bundle import built_bundle
from evenlight.frames import Array
from pyopenfx import Host, Instance, Plugin, PyOpenFXError

from .trial import Figures, Trial, judged

COUNT = 12
BOTH = ("worker", "embedded")


def clip(height: int = 72, width: int = 96) -> list[Array]:
    """A moving picture that flickers and has blotches, float RGBA."""
    rng = np.random.default_rng(3)
    wide = np.kron(rng.random((height // 6, width // 3, 3)), np.ones((6, 6, 1))) * 0.6 + 0.15
    frames = []
    for number in range(COUNT):
        lit = wide[:height, 2 * number : 2 * number + width] * (1 + 0.2 * np.sin(1.7 * number))
        y, x = rng.integers(5, 50, 2)
        lit[y : y + 6, x : x + 7] = 0.02
        frames.append(np.dstack([lit, np.ones((height, width))]).astype(np.float32))
    return frames


def plugins(host: Host) -> dict[str, Plugin]:
    return {one.identifier.rpartition(".")[2]: one for one in host.load(built_bundle())}


@contextmanager
def opened(effect: str) -> Iterator[Instance]:
    with Host() as host, plugins(host)[effect].create("Filter") as instance:
        instance.clips["Source"].connect(clip())
        yield instance


def digest(pixels: Array) -> str:
    return hashlib.blake2b(np.ascontiguousarray(pixels).tobytes(), digest_size=8).hexdigest()


def wanted(instance: Instance) -> list[str]:
    return [digest(instance.render(number)) for number in range(COUNT)]


def workers() -> set[int]:
    return children_of(os.getpid(), b"evenlight.worker")


def kills(count: int, seed: int) -> Figures:
    """Kills the worker during every tenth frame, at any moment of it."""
    rng = random.Random(seed)
    with opened("restore") as instance:
        want, wrong, errors, plain, hit = wanted(instance), 0, 0, [], []
        for number in range(count):
            is_killed = number % 10 == 9
            delay = rng.random() * (statistics.median(plain) if plain else 0.1)
            killer = threading.Timer(delay, kill_the_busy)
            if is_killed:
                killer.start()
            begin = time.monotonic()
            try:
                wrong += digest(instance.render(number % COUNT)) != want[number % COUNT]
            except PyOpenFXError:
                errors += 1
            (hit if is_killed else plain).append(time.monotonic() - begin)
            if is_killed:
                killer.join()
        extra = [took - statistics.median(plain) for took in hit]
        figures: Figures = {
            "kills": len(hit), "wrong": wrong, "errors": errors,
            "extra s median": round(statistics.median(extra), 2), "worst": round(max(extra), 2),
        }  # fmt: skip
    return judged(figures, zero=("wrong", "errors"))


def kill_the_busy() -> None:
    """Kill the worker that has worked most: the one that memory would run out for."""
    with suppress(ProcessLookupError, FileNotFoundError, ValueError):
        os.kill(max(workers(), key=ticks), signal.SIGKILL)


def ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def signal_all(number: int) -> None:
    for worker in workers():
        with suppress(ProcessLookupError):
            os.kill(worker, number)


def stops(count: int, seed: int) -> Figures:
    """Stops the worker for less, and for longer, than the plug-in waits."""
    rng = random.Random(seed)
    os.environ["EVENLIGHT_WORKER_TIMEOUT"] = "2"
    with opened("deflicker") as instance:
        want, wrong = wanted(instance), 0
        for number in range(count):
            signal_all(signal.SIGSTOP)
            if rng.random() < 0.5:
                threading.Timer(rng.random(), signal_all, [signal.SIGCONT]).start()
            wrong += digest(instance.render(number % COUNT)) != want[number % COUNT]
    return judged({"wrong": wrong}, zero=("wrong",))


def aborts(count: int, seed: int) -> Figures:
    """Aborts every 10 ms while frames are rendered, then looks at all of them."""
    rng = random.Random(seed)
    waits = []
    with opened("restore") as instance:
        want, aborted = wanted(instance), 0
        for _ in range(count):
            told: list[float] = []
            number = rng.randrange(COUNT)
            thread = threading.Thread(target=_until_it_ends, args=(instance, number, told))
            thread.start()
            time.sleep(0.01)
            instance.abort, begin = True, time.monotonic()
            thread.join()
            instance.abort = False
            waits.append(max(0.0, told[0] - begin))
            aborted += told[1] > 0
        wrong = sum(have != need for have, need in zip(wanted(instance), want, strict=True))
    figures: Figures = {
        "aborted": aborted, "wrong after": wrong,
        "ms median": round(1000 * statistics.median(waits)), "worst": round(1000 * max(waits)),
    }  # fmt: skip
    return judged(figures, zero=("wrong after",))


def _until_it_ends(instance: Instance, number: int, told: list[float]) -> None:
    is_aborted = 0.0
    try:
        instance.render(number)
    except PyOpenFXError:
        is_aborted = 1.0
    told += [time.monotonic(), is_aborted]


def threads(count: int, seed: int) -> Figures:
    """Renders one instance on 64 threads."""
    del seed
    with opened("deblotch") as instance:
        want = wanted(instance)
        with ThreadPoolExecutor(64) as pool:
            got = list(pool.map(lambda n: digest(instance.render(n % COUNT)), range(count)))
    wrong = sum(one != want[number % COUNT] for number, one in enumerate(got))
    return judged({"wrong": wrong}, zero=("wrong",))


def instances(count: int, seed: int) -> Figures:
    """Holds many instances at once and renders each."""
    del seed
    with Host() as host:
        loaded, frames, wrong = plugins(host), clip(), 0
        held = []
        for number in range(count):
            instance = loaded[("deflicker", "deblotch", "restore")[number % 3]].create("Filter")
            instance.clips["Source"].connect(frames)
            held.append(instance)
        want = [digest(instance.render(4)) for instance in held[:3]]
        for number, instance in enumerate(held):
            wrong += digest(instance.render(4)) != want[number % 3]
    return judged({"wrong": wrong}, zero=("wrong",))


def cycles(count: int, seed: int) -> Figures:
    """Creates, renders and destroys, and looks at what is left in memory."""
    del seed
    with Host() as host:
        deflicker, frames = plugins(host)["deflicker"], clip()

        def cycle() -> None:
            with deflicker.create("Filter") as instance:
                instance.clips["Source"].connect(frames)
                instance.render(5)

        for _ in range(max(50, count // 4)):
            cycle()  # until the allocators have what they need
        marks = [held()]
        for quarter in range(4):
            for _ in range(count * quarter // 4, count * (quarter + 1) // 4):
                cycle()
            marks.append(held())
    # What leaks grows in all quarters; a table of the interpreter that is made larger, in one.
    quarters = np.diff(marks, axis=0)
    steady = [round(4 * float(each), 2) for each in np.median(quarters, axis=0)]
    # A few cycles tell of a leaked frame (0.1 MB); of less, only many.
    most = 1.0 if count >= 1000 else 4.0
    figures: Figures = {
        "MB grown, host and worker": [round(float(each), 2) for each in quarters.sum(axis=0)],
        "steadily": steady,
        "too much": sum(each > most for each in steady),
    }
    return judged(figures, zero=("too much",))


def held() -> list[float]:
    """MB of their own that this process and its workers hold, without what is free to be reused.

    Pages of files are not counted, for they come when code is first run.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return [_anonymous(pid) for pid in (os.getpid(), *sorted(workers()))]


def _anonymous(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith("Anonymous:")) / 1024


def sequences(count: int, seed: int) -> Figures:
    """Random, but legal, orders of what a host may do, also from a second thread."""
    rng = random.Random(seed)
    rendered = refused = 0
    with Host() as host:
        loaded, frames = list(plugins(host).values()), clip(36, 48)
        for _ in range(count):
            with rng.choice(loaded).create(rng.choice(("Filter", "General"))) as instance:
                for _ in range(rng.randrange(1, 8)):
                    try:
                        rendered += _one_action(instance, frames, rng)
                    except PyOpenFXError:
                        refused += 1
    return {"rendered": rendered, "refused": refused}


def _one_action(instance: Instance, frames: list[Array], rng: random.Random) -> bool:
    def connect() -> None:
        instance.clips["Source"].connect(frames[: rng.randrange(1, COUNT)])

    def set_a_number() -> None:
        name = rng.choice(["strength", "radius", "look", "threshold", "region"])
        with suppress(KeyError, ValueError, TypeError):
            instance.params[name].set(rng.choice([0, 1, 2, 0.5]))

    def abort_early() -> None:
        instance.abort_after(rng.randrange(3))
        with suppress(PyOpenFXError):
            instance.render(rng.randrange(-2, COUNT + 2))
        instance.abort_after(-1)

    def ask() -> None:
        time_ = rng.randrange(-2, COUNT + 2)
        instance.frames_needed(time_)
        instance.regions_of_interest(time_)
        instance.is_identity(time_)
        instance.clip_preferences()

    others = [connect, set_a_number, abort_early, ask, instance.purge_caches]
    others += [instance.sync_private_data]
    if rng.random() < 0.4:
        scale = rng.choice([1.0, 0.5])
        instance.render(rng.choice([-1, 0, 3, 3.5, COUNT + 5]), scale=scale)
        return True
    rng.choice(others)()
    return False


HOSTS = {
    "kills": Trial(kills, 20, 1000),
    "stops": Trial(stops, 2, 50),
    "aborts": Trial(aborts, 10, 500, BOTH),
    "threads": Trial(threads, 64, 2000, BOTH),
    "instances": Trial(instances, 18, 200, BOTH),
    "cycles": Trial(cycles, 50, 2000, BOTH),
    "sequences": Trial(sequences, 40, 10000, BOTH),
}
