# SPDX-License-Identifier: Apache-2.0
"""Device that networks are trained on: the CPU in float32, or a GPU in mixed precision.

Mixed is bfloat16, which has float32's range and needs no scaling of the loss; a GPU without it
takes float32. The same path was tried in bfloat16 on a CPU; no GPU was at hand to try it on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..frames import Array


@dataclass(frozen=True, slots=True)
class TrainingDevice:
    """A device, and the type for mixed precision; None is float32 throughout."""

    device: torch.device
    mixed: torch.dtype | None = None

    def autocast(self) -> torch.autocast:
        """A context in which networks compute in mixed precision where that is wanted."""
        return torch.autocast(self.device.type, self.mixed, enabled=self.mixed is not None)

    def take(self, part: Array) -> Tensor:
        """A part of a batch as float32 on the device; a GPU copies it while it computes."""
        here = torch.from_numpy(np.ascontiguousarray(part))
        if self.device.type == "cuda":
            here = here.pin_memory()
        return here.to(self.device, non_blocking=True).float()


CPU = TrainingDevice(torch.device("cpu"))


def best_device() -> TrainingDevice:
    """The GPU where there is one."""
    if not torch.cuda.is_available():
        return CPU
    mixed = torch.bfloat16 if torch.cuda.is_bf16_supported() else None
    return TrainingDevice(torch.device("cuda"), mixed)
