# SPDX-License-Identifier: Apache-2.0
"""Sessions: ONNX files beside this package, opened in ONNX Runtime.

A session serves one model on one device; `run` may be called from any thread. On the CPU it gives
the same bytes every time: one thread, nothing tuned while running. A GPU that is missing, broken or
lost is left for the CPU, for good and for all networks; `Sessions.notice` says so.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..frames import Array
from ..regular_file import read_regular
from . import manifest, providers
from .cards import ModelCard, read_card
from .runtime import WITHOUT, onnxruntime

#: Where the networks lie, each as <name>.onnx, some as <name>.fp16.onnx for a GPU as well.
FOLDER = Path(__file__).parents[1] / "weights"
_LARGEST = 1 << 30  # bytes of a file of networks


class Sessions:
    """The sessions that a process shares, and whether its GPU is to be relied on."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """None yet; networks lie in `folder`."""
        self.notice = ""  # what the user should know of where networks run
        self._folder = folder
        self._lock = threading.Lock()
        self._opened: dict[tuple[Path, tuple[str, ...]], Session] = {}
        self._gpu_is_left = False

    def shipped(self, name: str, device: str) -> Session:
        """The session of one of this version's networks; `device` is one of `providers.ASKED`.

        Raises ModelError as `get` does, and where the file is not what this version ships.
        """
        with self._lock:
            return self._get(self._folder / f"{name}.onnx", device, checked=True)

    def get(self, path: Path, device: str) -> Session:
        """The session of any file, made at the first call; for the export and its tests.

        Raises ModelError where the file or ONNX Runtime is missing, damaged or of another version,
        or memory is short.
        """
        with self._lock:  # so that no two threads load one file
            return self._get(path, device, checked=False)

    def leave_gpu(self, session: Session, error: Exception) -> Session:
        """The session on the CPU in place of one that failed on the GPU."""
        with self._lock:
            name = session.path.name
            on_cpu = self._get(session.path, providers.ON_CPU, checked=session.checked)
            self._leave(
                f"the GPU failed while running {name} ({first_line(error)}); networks go on on "
                "the CPU. A driver that is too old is a common cause"
            )
            return on_cpu

    def _get(self, path: Path, device: str, *, checked: bool) -> Session:
        runtime = onnxruntime()
        self.notice = self.notice or providers.lacking(runtime, device)
        device = providers.ON_CPU if self._gpu_is_left else device
        chain = providers.chain_of(runtime, device)
        if (path, chain) not in self._opened:
            session = self._open(runtime, path, chain, checked=checked)
            left = chain[chain.index(session.provider) :]
            self._opened.update({(path, chain): session, (path, left): session})
        return self._opened[path, chain]

    def _open(self, runtime: Any, path: Path, chain: tuple[str, ...], *, checked: bool) -> Session:
        file = providers.file_for(chain[0], path)
        content = _read(file)
        if checked:
            manifest.check_content(file.name, content)
        try:
            opened = providers.open_session(runtime, content, file.name, chain)
        except Exception as error:  # ONNX Runtime has no common base class for its errors
            if len(chain) == 1:
                raise _unopened(path, error) from error
            session = self._open(runtime, path, chain[1:], checked=checked)
            if session.provider == providers.CPU:
                self._leave(
                    f"the GPU cannot be used ({first_line(error)}); networks run on the CPU. Look "
                    "at the driver and at what onnxruntime-gpu asks for"
                )
            return session
        card = read_card(path.name, opened.get_modelmeta().custom_metadata_map)
        if checked:
            manifest.check_card(file.name, card)
        return Session(card, chain[0], opened, path, self, checked)

    def _leave(self, notice: str) -> None:
        """Have the CPU run everything from now on; the first reason is the one that is told."""
        if not self._gpu_is_left:
            self.notice, self._gpu_is_left = notice, True


@dataclass(frozen=True, slots=True)
class Session:
    """A network that is ready to run."""

    card: ModelCard
    provider: str
    session: Any  # onnxruntime.InferenceSession
    path: Path
    among: Sessions
    checked: bool = False  # whether it is held to be one of this version's

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        """The outputs, in the order of the file.

        A GPU that fails is left for the CPU. Raises ModelError where that fails as well.
        """
        try:
            if self.provider != providers.CPU:
                return providers.run_bound(self.session, inputs, "cuda")
            outputs: list[Array] = self.session.run(None, dict(inputs))
        except Exception as error:  # ONNX Runtime has no common base class for its errors
            if self.provider != providers.CPU:
                return self.among.leave_gpu(self, error).run(inputs)
            if _is_of_memory(error):
                raise _too_large(self.path) from error
            raise ModelError(
                f"the model {self.path.name} failed on the CPU ({first_line(error)}); please "
                f"report it, {WITHOUT}"
            ) from error
        return outputs


def names() -> list[str]:
    """The networks of this version; raises ModelError where the list cannot be read."""
    return sorted({entry.card for entry in manifest.shipped().values()})


def first_line(error: Exception) -> str:
    """First line of an error's text."""
    return str(error).partition("\n")[0]


def _read(file: Path) -> bytes:
    try:
        return read_regular(file, _LARGEST)
    except OSError as error:
        raise ModelError(f"the model {file.name} is missing; install Evenlight again") from error


def _unopened(path: Path, error: Exception) -> ModelError:
    if _is_of_memory(error):
        return _too_large(path)
    return ModelError(
        f"the model {path.name} cannot be read ({first_line(error)}); install Evenlight again"
    )


def _too_large(path: Path) -> ModelError:
    return ModelError(
        f"there is not enough memory for the model {path.name}; close other programs, {WITHOUT}"
    )


def _is_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "alloc" in str(error).lower()
