# SPDX-License-Identifier: Apache-2.0
"""Cost of each method, in a process of its own: time, processor time and memory."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import cv2
import numpy as np
from tests.bench.peers import METHODS, evenlight_plugin, package
from tests.bench.quality import Row

from evenlight.bundle import built_bundle
from evenlight.effects import Deblotch, Deflicker
from evenlight.effects.parameters import Method as Learning
from evenlight.frames import Array
from evenlight.params import param_specs
from pyopenfx import Host

P = ParamSpec("P")
R = TypeVar("R")
PLUGIN = "Evenlight Deflicker, plug-in"
RADIUS = next(spec.default for spec in param_specs(Deflicker.params) if spec.name == "radius")
RUNTIMES = ("embedded", "worker")
_HD = (1080, 1920, 4)
#: Different frames in turn, more than the processor's caches hold.
_POOL = 8
#: Frames after which every window is as long as it gets.
_SETTLED = 100
#: Frames in memory: those of a window, and a few.
_KEPT = 2 * RADIUS + 4


def in_own_process(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The answer of a fresh interpreter."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args, **kwargs).result()


def cost_of(method: str, clip: Array) -> Row:
    """Cost of one method over a clip; run it in its own process.

    Memory is what the process and its children take on top of the clip that goes in, at most.
    """
    run = evenlight_plugin if method == PLUGIN else METHODS[method]
    run(clip[:8], range(8))  # what is paid once: libraries, thread pools, the worker's start
    before = memory()
    watch = Peak()
    wall, processor = time.perf_counter(), processor_time()
    run(clip, range(len(clip)))
    wall, processor = time.perf_counter() - wall, processor_time() - processor
    return {
        "fps": len(clip) / wall,
        "CPU ms a frame": 1000 * processor / len(clip),
        "peak MB": watch.stop() - before,
    }


def repair_cost(size: tuple[int, int], clip: Array) -> Row:
    """CPU time of Deblotch, frame after frame, at a size (width, height); in its own process."""
    large = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) for frame in clip])
    run = package(Deblotch)
    run(large[:4], range(4))
    wall, processor = time.perf_counter(), processor_time()
    run(large, range(len(large)))
    wall, processor = time.perf_counter() - wall, processor_time() - processor
    return {
        "CPU ms a frame": 1000 * processor / len(large),
        "ms a frame": 1000 * wall / len(large),
    }


def joint_cost(clip: Array) -> Row:
    """Seconds for 100 frames of 480 x 320 by Restore with a window of 5, as published.

    By the command as a user gives it, with two processes, from images to images.
    """
    with tempfile.TemporaryDirectory() as folder:
        for i in range(100):
            frame = cv2.resize(clip[i % len(clip)], (480, 320))
            cv2.imwrite(f"{folder}/in.{i:04d}.tif", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        command = [sys.executable, "-m", "evenlight.cli", "restore", f"{folder}/in.####.tif"]
        command += [f"{folder}/out.####.tif", "--radius", "2", "--jobs", "2", "--chunk", "25"]
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return {"seconds": time.perf_counter() - started}


def learned_cost(size: tuple[int, int], clip: Array) -> Row:
    """All learned stages in the plug-in, frame after frame, at a size (width, height).

    Float RGBA in this process as host, which should be one of its own; the first frame included.
    """
    frames = np.ones((len(clip), size[1], size[0], 4), np.float32)
    for frame, own in zip(clip, frames, strict=True):
        own[..., :3] = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) / np.float32(255)
    with Host() as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(built_bundle())}
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            instance.params["method"].set(list(Learning).index(Learning.LEARNED))
            processor = processor_time()
            times = [_timed(lambda n=n: instance.render(n)) for n in range(len(frames))]
            processor = processor_time() - processor
    return {
        "seconds in all": sum(times),
        "first frame s": times[0],
        "ms a frame": 1000 * float(np.median(times)),
        "CPU ms a frame": 1000 * processor / len(frames),
    }


def plugin_speed(runtime: str, frames: int, method: str) -> Row:
    """Sequential renders of 1080p float RGBA by Deflicker; run it in its own process.

    Beside each render a frame is copied into memory that is in use: reading and writing it once
    is what no effect can do without. Memory is looked at once the first windows are through.
    """
    os.environ["EVENLIGHT_RUNTIME"] = runtime
    clip = _FlickeringClip()
    kept = np.ones(_HD, np.float32)
    with Host() as host:
        started = time.perf_counter()
        plugins = {plugin.identifier: plugin for plugin in host.load(built_bundle())}
        described = time.perf_counter() - started
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(clip, frame_range=(0, _SETTLED + frames + RADIUS))
            instance.params["method"].set(list(Learning).index(Learning(method)))
            first = _timed(lambda: instance.render(0))
            for number in range(1, _SETTLED):
                instance.render(number)
            early, times = memory(), []
            for number in range(_SETTLED, _SETTLED + frames):
                clip(number + RADIUS)  # the one frame that is new is made before the clock starts
                other = clip.pictures[number % _POOL]
                render = _timed(lambda number=number: instance.render(number))
                times.append([render, _timed(lambda other=other: np.copyto(kept, other))])
            render, copy = 1000 * np.median(times, axis=0)
            return {
                "ms a frame": render,
                "ms a copy": copy,
                "frame / copy": render / copy,
                "describe ms": 1000 * described,
                "first frame s": first,
                "MB more per 100 frames": 100 * (memory() - early) / frames,
            }


class _FlickeringClip:
    """1080p float RGBA frames without end; each is one of a few pictures under light of its own.

    Those of a window are kept, 2.8 GB of them.
    """

    def __init__(self) -> None:
        self._rng = np.random.default_rng(7)
        y, x = np.mgrid[: _HD[0], : _HD[1]].astype(np.float32)
        self.pictures = []
        for number in range(_POOL):
            scene = 0.4 + 0.2 * np.sin((x + 6 * number) / 60) * np.cos(y / 45)
            picture = np.ones(_HD, np.float32)
            picture[..., :3] = scene[..., None] * np.array([1.0, 0.9, 0.8], np.float32)
            picture[..., :3] += self._rng.standard_normal(_HD[:2], np.float32)[..., None] * 0.01
            self.pictures.append(picture)
        self._lit: dict[int, Array] = {}

    def __call__(self, time: float) -> Array:
        for number in range(max(self._lit, default=-1) + 1, round(time) + 1):
            turn = number % (2 * _POOL - 2)
            # To and fro, so that nothing jumps but the light.
            picture = self.pictures[min(turn, 2 * _POOL - 2 - turn)]
            self._lit[number] = self._lit.pop(number - _KEPT, np.ones(_HD, np.float32))
            gain = np.float32(self._rng.uniform(0.8, 1.2))
            np.multiply(picture[..., :3], gain, out=self._lit[number][..., :3])
        return self._lit[round(time)]


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    done = action()
    seconds = time.perf_counter() - started
    del done  # giving memory back is not part of it
    return seconds


def processor_time() -> float:
    """Seconds of this process and of its children, those that still run as well."""
    ticks = os.sysconf("SC_CLK_TCK")
    alive = 0.0
    for child in _children():
        fields = _read(f"{child}/stat").rpartition(")")[2].split()
        alive += (int(fields[11]) + int(fields[12])) / ticks if fields else 0.0
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system + alive


def memory() -> float:
    """MB that this process and its children hold; what they share counts once."""
    found = (re.search(r"^Pss:\s+(\d+)", _read(f"{p}/smaps_rollup"), re.M) for p in _tree())
    return sum(int(match[1]) for match in found if match) / 1024


class Peak:
    """The most that `memory` shows, looked at often."""

    def __init__(self) -> None:
        self._most, self._done = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, memory())

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return max(self._most, memory())


def _tree() -> list[int]:
    return [os.getpid(), *_children()]


def _children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    return [
        int(child) for task in tasks for child in _read(f"self/task/{task.name}/children").split()
    ]


def _read(name: str) -> str:
    try:
        return Path("/proc", name).read_text()
    except OSError:
        return ""
