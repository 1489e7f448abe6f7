# SPDX-License-Identifier: Apache-2.0
"""Networks: ONNX files beside this package, run by ONNX Runtime, which is loaded at first use.

A session serves one model on one device for the whole process; `run` may be called from any thread.
On the CPU it gives the same bytes every time: one thread, nothing tuned while running. A GPU that
is missing, broken or lost is left for the CPU, for good and for all networks; `notice` says so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..frames import Array
from . import providers
from .cards import ModelCard, read_card

#: Where the networks lie, each as <name>.onnx, some as <name>.fp16.onnx for a GPU as well.
FOLDER = Path(__file__).parents[1] / "weights"
#: Environment variable that says where networks run: auto, cpu, cuda or tensorrt.
VARIABLE = "EVENLIGHT_DEVICE"
_WITHOUT = "or have Deflicker do without networks: Method classical, Solver exact"


class Device(StrEnum):
    """Where a network runs. Auto is the GPU where ONNX Runtime has one, else the CPU."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Sessions:
    """Every session of a process, and whether its GPU is to be relied on."""

    def __init__(self) -> None:
        """None yet."""
        self.notice = ""  # what the user should know of where networks run
        self._lock = threading.Lock()
        self._opened: dict[tuple[Path, tuple[str, ...]], Session] = {}
        self._gpu_is_left = False

    def get(self, path: Path, device: str) -> Session:
        """The session of a file, made at the first call; `device` is one of `providers.ASKED`.

        Raises ModelError where the file or ONNX Runtime is missing, damaged or of another version,
        or memory is short.
        """
        with self._lock:  # so that no two threads load one file
            return self._get(path, device)

    def leave_gpu(self, path: Path, error: Exception) -> Session:
        """The session on the CPU of a file whose session on the GPU failed."""
        with self._lock:
            session = self._get(path, Device.CPU)
            self._leave(
                f"the GPU failed while running {path.name} ({_first_line(error)}); networks go on "
                "on the CPU. A driver that is too old is a common cause"
            )
            return session

    def _get(self, path: Path, device: str) -> Session:
        onnxruntime = _runtime()
        self.notice = self.notice or providers.lacking(onnxruntime, device)
        chain = providers.chain_of(onnxruntime, Device.CPU if self._gpu_is_left else device)
        if (path, chain) not in self._opened:
            session = self._open(onnxruntime, path, chain)
            left = chain[chain.index(session.provider) :]
            self._opened.update({(path, chain): session, (path, left): session})
        return self._opened[path, chain]

    def _open(self, onnxruntime: Any, path: Path, chain: tuple[str, ...]) -> Session:
        if not path.is_file():
            raise ModelError(f"the model {path.name} is missing; install Evenlight again")
        try:
            opened = providers.open_session(onnxruntime, path, chain)
        except Exception as error:  # ONNX Runtime has no common base class for its errors
            if len(chain) == 1:
                raise _unopened(path, error) from error
            session = self._open(onnxruntime, path, chain[1:])
            if session.provider == providers.CPU:
                self._leave(
                    f"the GPU cannot be used ({_first_line(error)}); networks run on the CPU. Look "
                    "at the driver and at what onnxruntime-gpu asks for"
                )
            return session
        card = read_card(path.name, opened.get_modelmeta().custom_metadata_map)
        return Session(card, chain[0], opened, path, self)

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
                return self.among.leave_gpu(self.path, error).run(inputs)
            if _is_of_memory(error):
                raise _too_large(self.path) from error
            raise ModelError(
                f"the model {self.path.name} failed on the CPU ({_first_line(error)}); please "
                f"report it, {_WITHOUT}"
            ) from error
        return outputs


_SESSIONS = Sessions()


def session(name: str, device: Device = Device.AUTO) -> Session:
    """The session of a network, made at the first call; `EVENLIGHT_DEVICE` overrides `device`.

    Raises ModelError as `Sessions.get` does.
    """
    return _SESSIONS.get(FOLDER / f"{name}.onnx", _told(device))


def session_of(path: Path, device: Device = Device.AUTO) -> Session:
    """The session of a file anywhere, on this device."""
    return _SESSIONS.get(path, device)


def notice() -> str:
    """What the user should know of where networks run in this process, or nothing."""
    return _SESSIONS.notice


def names() -> list[str]:
    """The networks that are there."""
    return sorted(path.stem for path in FOLDER.glob("*.onnx") if "." not in path.stem)


def _told(device: Device) -> str:
    told = os.environ.get(VARIABLE, device)
    if told not in providers.ASKED:
        raise ModelError(f"{VARIABLE} is {told!r}; it must be one of {', '.join(providers.ASKED)}")
    return told


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        if interruption := _interruption_behind(error):
            raise interruption from None
        raise ModelError(
            f"networks need ONNX Runtime: run `pip install onnxruntime`, {_WITHOUT}"
        ) from error
    return onnxruntime


def _interruption_behind(error: BaseException | None) -> BaseException | None:
    """The Ctrl-C, or what else was to end the work, that a library took for a failed import."""
    while isinstance(error, Exception):
        error = error.__cause__ or error.__context__
    return error


def _unopened(path: Path, error: Exception) -> ModelError:
    if _is_of_memory(error):
        return _too_large(path)
    return ModelError(
        f"the model {path.name} cannot be read ({_first_line(error)}); install Evenlight again"
    )


def _too_large(path: Path) -> ModelError:
    return ModelError(
        f"there is not enough memory for the model {path.name}; close other programs, {_WITHOUT}"
    )


def _is_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "alloc" in str(error).lower()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
