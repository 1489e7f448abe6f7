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

from ..errors import EvenlightError
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

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        """The outputs, in the order of the file."""
        outputs: list[Array] = self.session.run(None, dict(inputs))
        return outputs


_sessions: dict[tuple[Path, Device], Session] = {}
_lock = threading.Lock()


def session(name: str, device: Device | None = None) -> Session:
    """The session of a network, made at the first call; where None, `EVENLIGHT_DEVICE` decides.

    Raises EvenlightError where the file or ONNX Runtime is missing, damaged or of another version.
    """
    return session_of(FOLDER / f"{name}.onnx", device)


def session_of(path: Path, device: Device | None = None) -> Session:
    """The same, of a file anywhere."""
    where = _told() if device is None else device
    with _lock:  # so that no two threads load one file
        if (path, where) not in _sessions:
            _sessions[path, where] = _open(path, where)
        return _sessions[path, where]


def _told() -> Device:
    told = os.environ.get(VARIABLE, Device.AUTO)
    if told not in list(Device):
        raise EvenlightError(f"{VARIABLE} is {told!r}; it must be one of {', '.join(Device)}")
    return Device(told)


def _open(path: Path, device: Device) -> Session:
    try:
        import onnxruntime
    except ImportError as error:
        raise EvenlightError(
            "networks need ONNX Runtime; run `pip install onnxruntime`, or choose the exact solver"
        ) from error
    if not path.is_file():
        raise EvenlightError(f"the model {path.name} is missing; install Evenlight again")
    try:
        opened = onnxruntime.InferenceSession(
            path.read_bytes(), _options(onnxruntime), providers=_providers(onnxruntime, device)
        )
    except Exception as error:  # ONNX Runtime has no common base class for its errors
        first_line = str(error).partition("\n")[0]
        raise EvenlightError(
            f"the model {path.name} cannot be read ({first_line}); install Evenlight again"
        ) from error
    card = _card(path, opened.get_modelmeta().custom_metadata_map)
    return Session(card, opened.get_providers()[0], opened)


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4  # what goes wrong is raised
    return options


def _providers(onnxruntime: Any, device: Device) -> list[str]:
    has_gpu = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if device is Device.CUDA and not has_gpu:
        _log.warning("ONNX Runtime has no CUDA here; networks run on the CPU")
    if device is Device.CPU or not has_gpu:
        return ["CPUExecutionProvider"]
    return ["CUDAExecutionProvider", "CPUExecutionProvider"]


def _card(path: Path, metadata: Mapping[str, str]) -> ModelCard:
    try:
        told = json.loads(metadata["card"])
        version = told.pop("version")
    except (KeyError, ValueError) as error:
        raise EvenlightError(
            f"the model {path.name} has no card; export it with `python -m export.{path.stem}`"
        ) from error
    if version != CARD_VERSION:
        raise EvenlightError(
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
