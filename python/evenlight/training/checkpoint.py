# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: tensors in safetensors files, with a card as JSON in their metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from ..errors import MediaError


def store(path: Path, tensors: Mapping[str, Tensor], told: Mapping[str, Any]) -> None:
    """Write a checkpoint, under a temporary name first."""
    temporary = path.with_name(path.name + ".new")
    copies = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(copies, temporary, {"told": json.dumps(told)})
    temporary.replace(path)


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of a checkpoint and its card; raises MediaError where there is none."""
    try:
        with safe_open(path, framework="pt") as opened:
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
            return tensors, json.loads((opened.metadata() or {})["told"])
    except Exception as error:  # safetensors' own has no base but this
        raise MediaError(f"{path} is no checkpoint of this version: {error}") from error


def tell(path: Path, more: Mapping[str, Any]) -> None:
    """Add entries to the card of a checkpoint."""
    tensors, told = load(path)
    store(path, tensors, told | dict(more))
