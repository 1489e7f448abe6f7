# SPDX-License-Identifier: Apache-2.0
"""Networks: ONNX files beside this package, run by ONNX Runtime, which is loaded at first use.

A session serves one model on one device for the whole process; `run` may be called from any thread.
On the CPU it gives the same bytes every time: one thread, nothing tuned while running.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..frames import Array

#: Where the networks lie, each as <name>.onnx.
FOLDER = Path(__file__).parents[1] / "weights"
#: Form of the card that this version reads.
CARD_VERSION = 1
#: Environment variable that says where networks run: auto, cpu or cuda.
VARIABLE = "EVENLIGHT_DEVICE"

_log = logging.getLogger(__name__)


class Device(StrEnum):
    """Where a network runs. Auto is the GPU where ONNX Runtime has one, else the CPU."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a network file tells of itself."""

    name: str
    made_by: str
    commit: str
    seed: int
    data: tuple[str, ...]
    licences: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A network that is ready to run."""

    card: ModelCard
    provider: str
    session: Any  # onnxruntime.InferenceSession
    path: Path

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        """The outputs, in the order of the file.

        A GPU that fails is left for the CPU, once and for all. Raises ModelError where that fails
        as well.
        """
        try:
            outputs: list[Array] = self.session.run(None, dict(inputs))
        except Exception as error:  # ONNX Runtime has no common base class for its errors
            if self.provider == _CPU:
                raise ModelError(
                    f"the model {self.path.name} failed on the CPU ({_first_line(error)}); "
                    "render at a lower quality, or free some memory"
                ) from error
            return _leave_gpu(self.path, error).run(inputs)
        return outputs


_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"

_sessions: dict[tuple[Path, Device], Session] = {}
_lock = threading.Lock()


def session(name: str, device: Device = Device.AUTO) -> Session:
    """The session of a network, made at the first call; `EVENLIGHT_DEVICE` overrides `device`.

    Raises ModelError where the file or ONNX Runtime is missing, damaged or of another version.
    """
    return session_of(FOLDER / f"{name}.onnx", _told(device))


def session_of(path: Path, device: Device = Device.AUTO) -> Session:
    """The session of a file anywhere, on this device."""
    with _lock:  # so that no two threads load one file
        if (path, device) not in _sessions:
            _sessions[path, device] = _open(path, device)
        return _sessions[path, device]


def _leave_gpu(path: Path, error: Exception) -> Session:
    """The session on the CPU, which from now on stands in for every other of the model."""
    on_cpu = session_of(path, Device.CPU)
    with _lock:
        lost = [key for key, own in _sessions.items() if key[0] == path and own is not on_cpu]
        _sessions.update(dict.fromkeys(lost, on_cpu))
    if lost:
        _log.warning(
            "the GPU failed while running %s (%s); networks go on on the CPU. A driver that is too "
            "old is a common cause",
            path.name,
            _first_line(error),
        )
    return on_cpu


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _told(device: Device) -> Device:
    told = os.environ.get(VARIABLE, device)
    if told not in list(Device):
        raise ModelError(f"{VARIABLE} is {told!r}; it must be one of {', '.join(Device)}")
    return Device(told)


def _open(path: Path, device: Device) -> Session:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            "networks need ONNX Runtime; run `pip install onnxruntime`, or choose the exact solver"
        ) from error
    if not path.is_file():
        raise ModelError(f"the model {path.name} is missing; install Evenlight again")
    providers = _providers(onnxruntime, device)
    try:
        opened = _load(onnxruntime, path, providers)
    except MemoryError:
        raise
    except Exception as error:  # ONNX Runtime has no common base class for its errors
        raise ModelError(
            f"the model {path.name} cannot be read ({_first_line(error)}); install Evenlight again"
        ) from error
    card = _card(path, opened.get_modelmeta().custom_metadata_map)
    return Session(card, opened.get_providers()[0], opened, path)


def _load(onnxruntime: Any, path: Path, providers: list[str]) -> Any:
    def on(wanted: list[str]) -> Any:
        return onnxruntime.InferenceSession(
            path.read_bytes(), _options(onnxruntime), providers=wanted
        )

    try:
        return on(providers)
    except Exception as error:
        if providers == [_CPU]:
            raise
        opened = on([_CPU])  # raises where the file itself is at fault
        _log.warning(
            "the GPU cannot be used (%s); networks run on the CPU. Look at the driver and at "
            "what onnxruntime-gpu asks for",
            _first_line(error),
        )
        return opened


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4  # what goes wrong is raised
    return options


def _providers(onnxruntime: Any, device: Device) -> list[str]:
    has_gpu = _CUDA in onnxruntime.get_available_providers()
    if device is Device.CUDA and not has_gpu:
        _log.warning("ONNX Runtime has no CUDA here; networks run on the CPU")
    if device is Device.CPU or not has_gpu:
        return [_CPU]
    return [_CUDA, _CPU]


def _card(path: Path, metadata: Mapping[str, str]) -> ModelCard:
    try:
        told = json.loads(metadata["card"])
        version = told.pop("version")
    except (KeyError, ValueError) as error:
        raise ModelError(
            f"the model {path.name} has no card; export it with `python -m export.{path.stem}`"
        ) from error
    if version != CARD_VERSION:
        raise ModelError(
            f"the model {path.name} is of version {version}; this Evenlight reads version "
            f"{CARD_VERSION}. Install both again"
        )
    return ModelCard(
        name=told["name"],
        made_by=told["made by"],
        commit=told["commit"],
        seed=told["seed"],
        data=tuple(told["data"]),
        licences=told["licences"],
        figures=told["figures"],
    )
