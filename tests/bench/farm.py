# SPDX-License-Identifier: Apache-2.0
"""Cost of chunks and processes, and whether they show: bytes, seconds, memory."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from tests.bench.cost import Peak, in_own_process, memory, processor_time
from tests.bench.quality import Row

from evenlight.batch import RenderJob, render
from evenlight.batch.job import split
from evenlight.effects import EFFECTS
from evenlight.frames import Array, Outcome
from evenlight.graph import Graph, short_name
from evenlight.io import VideoOptions, open_clip

_PROCESSES = 4
_CHUNKS = (1, 7, 32)
#: Of the clip that is cut into chunks: frames, and a size and a window that are soon through.
_FRAMES, _STEP, _RADIUS = 48, 2, 8
#: Lengths whose memory is compared, and the effect in a setting that costs little.
_LENGTHS = (1000, 10000)
_CHEAP = ("radius=1", "local=0", "bands=off")
#: Frames over which processes and chunks are timed, and how often.
_TIMED, _TURNS = 384, 3


class _Silent:
    """Hears nothing."""

    def frame(self, number: int, outcome: Outcome) -> None: ...
    def kept(self, numbers: range) -> None: ...
    def notice(self, text: str, key: str = "") -> None: ...
    def again(self, numbers: range, attempt: int, reason: str) -> None: ...


def tables(blotched: Array, flickering: Array) -> Iterator[tuple[str, dict[str, Row]]]:
    """Title and rows of each table, made of damaged clips (T, H, W, 3) uint8."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        title = "Frames in chunks, from 4 processes in any order, one of them killed"
        yield title, _seams(folder, blotched)
        title = f"Processes and chunks, Deflicker over {_TIMED} frames"
        yield title, _speed(folder, flickering)
        yield "Long clips, Deflicker with a radius of 1", _lengths(folder, flickering)


def _seams(folder: Path, clip: Array) -> dict[str, Row]:
    source = write(folder / "small.mp4", clip[:_FRAMES, ::_STEP, ::_STEP], _FRAMES)
    rows: dict[str, Row] = {}
    for effect in EFFECTS:
        name = short_name(effect)
        settings = (f"radius={_RADIUS}",) if effect.window.before == "radius" else ()
        whole = folder / f"{name}.whole.####.exr"
        render(_job(source, whole, name, settings), _Silent())
        row: Row = {}
        for size in _CHUNKS:
            target = folder / f"{name}.{size}.####.exr"
            _shuffled(source, target, name, settings, size)
            row[f"differing bytes, chunks of {size}"] = _differing(whole, target)
        rows[effect.label] = row
    return rows


def _shuffled(source: Path, target: Path, name: str, settings: Sequence[str], size: int) -> None:
    """Each chunk in a process of its own, as farms do it; the third to start is killed once."""
    rng = random.Random(size)
    waiting = list(split(range(1, _FRAMES + 1), size))
    rng.shuffle(waiting)
    running: list[tuple[subprocess.Popen[bytes], range]] = []
    n_started = 0
    while waiting or running:
        while waiting and len(running) < _PROCESSES:
            chunk = waiting.pop()
            running.append((_started(source, target, name, settings, chunk), chunk))
            n_started += 1
            if n_started == min(3, len(split(range(_FRAMES), size))):
                time.sleep(rng.uniform(1, 2))
                running[-1][0].send_signal(signal.SIGKILL)
        for one in [one for one in running if one[0].poll() is not None]:
            running.remove(one)
            if one[0].returncode < 0:
                waiting.insert(0, one[1])  # the scheduler submits it again
            elif one[0].returncode:
                raise RuntimeError(f"frames {one[1]} ended with {one[0].returncode}")
        time.sleep(0.02)


def _started(
    source: Path, target: Path, name: str, settings: Sequence[str], chunk: range
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "evenlight.cli", "render", str(source), "-o", str(target)]
    command += ["--graph", name, "--frames", f"{chunk[0]}-{chunk[-1]}", "--resume"]
    for setting in settings:
        command += ["--set", setting]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _differing(whole: Path, target: Path) -> float:
    first, second = open_clip(whole), open_clip(target)
    differing = 0
    for number in range(1, _FRAMES + 1):
        one, other = first.frame(number), second.frame(number)
        assert one is not None
        assert other is not None
        differing += int((one.pixels().view(np.uint8) != other.pixels().view(np.uint8)).sum())
    return float(differing)


def _speed(folder: Path, clip: Array) -> dict[str, Row]:
    source = write(folder / "timed.mp4", clip, _TIMED)
    ways = {
        "one process of 1 thread": {"jobs": 1, "threads": 1},
        "one process": {"jobs": 1},
        "one process, chunks of 32": {"jobs": 1, "chunk": 32},
        "two processes": {"jobs": 2},
    }
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for turn in range(_TURNS):  # in turn, so that what else the machine does falls on all alike
        for way, options in ways.items():
            target = folder / f"timed.{turn}.####.png"
            found[way].append(in_own_process(_seconds, source, target, options))
            for image in folder.glob(f"*timed.{turn}.*"):
                image.unlink()
    best = {way: min(times) for way, times in found.items()}
    alone = best["one process of 1 thread"][0]
    return {
        way: {
            "ms a frame": 1000 * wall / _TIMED,
            "CPU ms a frame": 1000 * processor / _TIMED,
            "times as fast": alone / wall,
        }
        for way, (wall, processor) in best.items()
    }


def _seconds(source: Path, target: Path, options: dict[str, int]) -> tuple[float, float]:
    """Seconds on the clock and of the processors, from the first thing read to the last written."""
    job = _job(source, target, "deflicker", (), **options)
    wall, processor = time.perf_counter(), processor_time()
    render(job, _Silent())
    return time.perf_counter() - wall, processor_time() - processor


def _lengths(folder: Path, clip: Array) -> dict[str, Row]:
    rows = {}
    for length in _LENGTHS:
        source = write(folder / "long.mp4", clip, length)
        rows[f"{length} frames"] = in_own_process(_length_cost, source, folder / "out.mp4", length)
        (folder / "out.mp4").unlink()
    return rows


def _length_cost(source: Path, target: Path, length: int) -> Row:
    before, watch = memory(), Peak()
    processor = processor_time()
    job = _job(source, target, "deflicker", _CHEAP, threads=1)
    render(job, _Silent())
    processor, peak = processor_time() - processor, watch.stop()
    return {
        "CPU ms a frame": 1000 * processor / length,
        "peak MB": peak,
        "MB more": peak - before,
    }


def _job(
    source: Path, target: Path, name: str, settings: Sequence[str], **options: int
) -> RenderJob:
    graph = Graph.of(name).with_settings(settings)
    video = VideoOptions(codec="h264", quality=23)
    return RenderJob(source, target, graph, video=video, **options)  # type: ignore[arg-type]


def write(path: Path, clip: Array, length: int) -> Path:
    """A video of `length` frames, the clip to and fro."""
    turn = 2 * len(clip) - 2
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=24, options={"qp": "6", "preset": "ultrafast"}
        )
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = clip.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for number in range(length):
            at = min(number % turn, turn - number % turn)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(clip[at]), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
