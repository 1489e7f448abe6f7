# SPDX-License-Identifier: Apache-2.0
"""Scales of a network's activations, as they were measured on examples, and their file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from evenlight.errors import MediaError

from .fused import Convolution, Inputs, fused

#: What ranges are larger by than the largest activation that was measured.
HEADROOM = 1.25
#: Significant digits that are kept of a range.
_DIGITS = 4
#: Least range of a channel, as a share of its layer's largest value.
_LEAST = 2.0**-8


@dataclass(frozen=True, slots=True)
class Scales:
    """The range of each channel of each layer, and the bits that activations have."""

    weights: str  # digest of the weights that were measured
    made_of: str  # the examples
    bits: int
    inputs: Sequence[int]  # channels of each input
    ranges: Mapping[str, Sequence[float]]  # by the layer's name
    error: float = 0.0  # rms that rounding makes in the answer, on examples kept back

    def told(self) -> dict[str, Any]:
        """The figures of a network's card."""
        return {"bits of activations": self.bits, "rounding, rms": self.error}

    def of(self, layer: str, count: int) -> Tensor:
        """The ranges (count,) float64 of a layer; raises MediaError."""
        ranges = self.ranges.get(layer, ())
        if len(ranges) != count:
            raise MediaError(f"the scales say nothing of the {count} channels of {layer}")
        return torch.tensor(ranges, dtype=torch.float64)


def path_of(checkpoint: Path) -> Path:
    """The file of the scales of a checkpoint, which lies beside it."""
    return checkpoint.with_suffix(".scales.json")


def write(scales: Scales, checkpoint: Path) -> None:
    """Put scales beside the checkpoint that they were measured of."""
    text = json.dumps(asdict(scales), indent=1)
    in_rows = re.sub(r"\[[^\[\]]*\]", lambda row: re.sub(r"\s+", " ", row[0]), text)
    path_of(checkpoint).write_text(in_rows + "\n", encoding="utf-8")


def read(checkpoint: Path, model: nn.Module) -> Scales:
    """The scales beside a checkpoint; raises MediaError where they are not of these weights."""
    path = path_of(checkpoint)
    how = "measure them with `make calibrate-models DATA=DIR`"
    try:
        scales = Scales(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise MediaError(f"{path} holds no scales: {how}") from error
    if scales.weights != digest(model):
        raise MediaError(f"{path} was measured of other weights than {checkpoint} holds: {how}")
    return scales


def digest(model: nn.Module) -> str:
    """A text that is another one whenever a weight is."""
    found = hashlib.blake2b(digest_size=16)
    for name, value in sorted(model.state_dict().items()):
        found.update(name.encode())
        found.update(value.detach().contiguous().numpy().tobytes())
    return found.hexdigest()


def measure(
    model: nn.Module, batches: Iterable[Sequence[Tensor]], bits: int, made_of: str
) -> Scales:
    """The scales for what the layers of `model` give on examples, batch by batch."""
    largest: dict[str, Tensor] = {}
    copied, channels = fused(model), []

    def look(name: str, _: nn.Module, __: object, out: Tensor) -> None:
        found = out.abs().amax((0, 2, 3)).double()
        largest[name] = torch.maximum(largest.get(name, found), found)

    inputs_of = [name for name, layer in copied.named_modules() if isinstance(layer, Inputs)]
    for name, layer in copied.named_modules():
        if name in inputs_of or (isinstance(layer, Convolution) and layer.has_relu):
            layer.register_forward_hook(partial(look, name))
    with torch.no_grad():
        for inputs in batches:
            channels = [one.shape[1] for one in inputs]
            copied(*inputs)
    ranges = {
        name: _of_inputs(found, channels) if name in inputs_of else _of_hidden(found)
        for name, found in largest.items()
    }
    told = {
        name: [float(f"{HEADROOM * one:.{_DIGITS}g}") for one in found.tolist()]
        for name, found in ranges.items()
    }
    return Scales(digest(model), made_of, bits, channels, told)


def _of_inputs(largest: Tensor, channels: Sequence[int]) -> Tensor:
    """Ranges of the network's inputs (all channels,): one for all channels of an input.

    What no example stirs may be stirred elsewhere.
    """
    return torch.cat([part.max().expand(len(part)) for part in largest.split(list(channels))])


def _of_hidden(largest: Tensor) -> Tensor:
    """Ranges (channels,): the geometric mean of the channel's largest value and the layer's.

    What stirred a channel little may stir it more where nothing was measured.
    """
    return (largest.clamp(min=largest.max() * _LEAST) * largest.max()).sqrt()
