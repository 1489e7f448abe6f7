# SPDX-License-Identifier: Apache-2.0
"""Processes that share the chunks of a job; one that dies is replaced and its chunk done again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ..errors import Aborted, BusyError, EvenlightError
from ..frames import Outcome
from .job import RenderJob
from .stop import Stop
from .tries import Tries
from .work import ChunkRenderer

_PATIENCE = 10.0  # seconds that a process has to clean up when told to stop
_STEP = 0.2  # seconds between looks at whether work is to stop


class Pool:
    """Renders chunks in `job.jobs` processes."""

    def __init__(self, job: RenderJob, fingerprint: str, stop: Stop) -> None:
        self._job, self._fingerprint, self._stop = job, fingerprint, stop
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []

    def run(self, chunks: Sequence[range], tries: Tries) -> None:
        """Render all chunks; those that failed for good are in `tries` afterwards.

        Raises Aborted where work is to stop.
        """
        spans = _spans(chunks, min(self._job.jobs, len(chunks)))
        self._workers = [_Worker(self, span) for span in spans]
        try:
            while any(worker.chunk is not None for worker in self._workers):
                self._stop.check()
                self._serve(tries)
        finally:
            for worker in self._workers:
                worker.terminate()
            for worker in self._workers:
                worker.join()

    def start(self) -> tuple[BaseProcess, Connection]:
        """A new process and the line to it."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve_chunks, args=(theirs, self._job, self._fingerprint), daemon=True
        )
        with _without_interrupts():
            process.start()
        theirs.close()
        return process, ours

    def next_for(self, worker: _Worker) -> range | None:
        """The worker's next chunk; when its own run out, half of what the busiest has left.

        Chunks that follow each other share neighbours, so a worker goes on where it is.
        """
        if not worker.span:
            busiest = max((other.span for other in self._workers), key=len)
            for _ in range((len(busiest) + 1) // 2):
                worker.span.appendleft(busiest.pop())
        return worker.span.popleft() if worker.span else None

    def _serve(self, tries: Tries) -> None:
        lines = {worker.line: worker for worker in self._workers if worker.chunk is not None}
        for line in wait(list(lines), _STEP):
            worker = lines[line]  # type: ignore[index]
            assert worker.chunk is not None, "only workers with a chunk are listened to"
            try:
                kind, *rest = worker.line.recv()
            except (EOFError, OSError):
                worker.replace()
                error: EvenlightError = BusyError(
                    "a render process was killed; there may be too little memory for "
                    f"{self._job.jobs} of them"
                )
                self._failed(worker, error, tries)
                continue
            if kind == "frame":
                tries.frame(*rest)
            elif kind == "done":
                worker.give(self.next_for(worker))
            else:
                self._failed(worker, rest[0], tries)

    def _failed(self, worker: _Worker, error: EvenlightError, tries: Tries) -> None:
        chunk = worker.chunk
        assert chunk is not None, "it failed"
        if tries.may_again(chunk, error):
            worker.span.appendleft(chunk)
        worker.give(self.next_for(worker))


class _Worker:
    """One process, the chunk it has, and those it will have."""

    def __init__(self, pool: Pool, span: deque[range]) -> None:
        self.span = span
        self.chunk: range | None = None
        self._pool = pool
        self._process, self.line = pool.start()
        self.give(span.popleft() if span else None)

    def give(self, chunk: range | None) -> None:
        """Have the chunk rendered; None where there is nothing left."""
        self.chunk = chunk
        if chunk is None:
            return
        with suppress(OSError):  # it died while idle: listening tells, a new one takes the chunk
            self.line.send(chunk)

    def replace(self) -> None:
        """A new process in the place of one that died."""
        self.line.close()
        self._process.join(_PATIENCE)
        self._process, self.line = self._pool.start()

    def terminate(self) -> None:
        """Tell the process to end after the frame it is at; what it has half-written it removes."""
        self.line.close()
        self._process.terminate()

    def join(self) -> None:
        """Wait for the process to end; one that does not is killed."""
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """For a block that starts a process: Ctrl-C, which goes to all, does not reach it.

    It is held back for this process, and the new one, which begins so, never looks at it. A process
    that is stopped while it imports would tell of it in a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # which lets the signal through again when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _spans(chunks: Sequence[range], parts: int) -> Iterator[deque[range]]:
    """Runs of chunks, one for each process."""
    edges = [len(chunks) * part // parts for part in range(parts + 1)]
    return (deque(chunks[a:b]) for a, b in pairwise(edges))


def _serve_chunks(line: Connection, job: RenderJob, fingerprint: str) -> None:
    """A process: renders the chunks that come over the line until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends the others
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    stop = Stop(signal.SIGTERM, at_once=False)  # a scheduler may tell all processes, as we do
    try:
        with stop.listening(), ChunkRenderer.open(job, fingerprint, stop) as renderer:
            while True:
                chunk = line.recv()
                line.send(_rendered(renderer, chunk, line))
    except (Aborted, EOFError, BrokenPipeError, ConnectionResetError):
        return  # told to end, or the parent has gone
    except (EvenlightError, MemoryError) as error:
        _refuse_all(line, _told(error))


def _end_with_the_parent() -> None:
    """End this process at once when the parent is killed, so that the job may be started again.

    What is half written keeps its hidden name, as when a process is killed.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None, "a pool started this process"
    wait([parent.sentinel])
    os._exit(1)


def _refuse_all(line: Connection, error: EvenlightError) -> None:
    with suppress(EOFError, OSError):
        while True:
            line.recv()
            line.send(("failed", error))


def _rendered(renderer: ChunkRenderer, chunk: range, line: Connection) -> tuple[Any, ...]:
    def told(number: int, outcome: Outcome, was_there: bool) -> None:
        line.send(("frame", number, outcome, was_there))

    try:
        renderer.render(chunk, told)
    except Aborted:
        raise
    except (EvenlightError, MemoryError) as error:
        return "failed", _told(error)
    return ("done",)


def _told(error: Exception) -> EvenlightError:
    if isinstance(error, EvenlightError):
        return error
    return BusyError("there is not enough memory for frames of this size")
