# SPDX-License-Identifier: Apache-2.0
"""The networks of one device, as stages are handed them.

Nothing below the effects opens a session or chooses where it runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..errors import ModelError
from ..frames import Array
from . import providers
from .sessions import Session, Sessions

#: Environment variable that says where networks run: auto, cpu, cuda or tensorrt.
VARIABLE = "EVENLIGHT_DEVICE"


class Device(StrEnum):
    """Where networks run. Auto is the GPU where ONNX Runtime has one, else the CPU."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of one device; `EVENLIGHT_DEVICE` overrides it."""

    sessions: Sessions
    device: Device = Device.AUTO

    def open(self, name: str) -> Session:
        """The session of a network, made at the first call.

        Raises ModelError where the file or ONNX Runtime is missing, damaged or of another version,
        where memory is short, and where the environment names no device.
        """
        return self.sessions.shipped(name, device_of(self.device))

    def run(self, name: str, inputs: Mapping[str, Array]) -> list[Array]:
        """The outputs of a network; raises ModelError as `open` and `Session.run` do."""
        return self.open(name).run(inputs)

    @property
    def notice(self) -> str:
        """A sentence on where networks run that the user should read, or nothing."""
        return self.sessions.notice


def device_of(chosen: Device) -> str:
    """The device to use, one of `providers.ASKED`: the environment's, else the one chosen."""
    device = os.environ.get(VARIABLE, chosen)
    if device not in providers.ASKED:
        allowed = ", ".join(providers.ASKED)
        raise ModelError(f"{VARIABLE} is {device!r}; it must be one of {allowed}")
    return device
