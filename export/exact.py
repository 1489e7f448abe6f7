# SPDX-License-Identifier: Apache-2.0
"""Networks whose every sum is exact in float32, so that no processor can give other bytes.

Activations are integers from 0 to 2^bits - 1, held as float32. Weights and biases of an output
channel are multiples of a power of two, its unit, the finest with which no partial sum can exceed
2^24 units. Then every product and partial sum of a convolution is a float32 whatever the order,
blocking or fusing of multiplications and additions, and what follows it, limiting and rounding, is
exact as well. The scales of activations, any real numbers, are folded into the weights.
"""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor, nn

from .fused import Convolution, Inputs, fused
from .scales import Scales

#: Integers up to here, and sums of them that stay below it, are exact in float32.
EXACT = 2.0**24
#: Bits, with the sign, that the network's inputs have more than its activations.
INPUT_BITS = 2
#: Unit from which the search for a channel's starts.
_FINEST = 2.0**-40
#: Side of the picture of constants that tells each convolution of its input.
_SIDE = 64


class IntegerInputs(nn.Module):
    """Inputs over a power of two for each channel, rounded and limited to integers."""

    def __init__(self, steps: Tensor, limit: float) -> None:
        super().__init__()
        self.register_buffer("inverse", (1 / steps).float()[:, None, None])
        self.limit = limit

    def forward(self, x: Tensor) -> Tensor:
        """(B, n, h, w) to integers of the same shape."""
        return (x * self.inverse).clamp(-self.limit, self.limit).round()


class IntegerConvolution(nn.Module):
    """A convolution of integers by multiples of units; then, but in the last layer, integers."""

    def __init__(
        self, of: Convolution, weight: Tensor, bias: Tensor, limit: float | None = None
    ) -> None:
        super().__init__()
        self.register_buffer("weight", weight.float())
        self.register_buffer("bias", bias.float())
        self.stride, self.padding, self.limit = of.stride, of.padding, limit

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, h, w)."""
        out = nn.functional.conv2d(x, self.weight, self.bias, self.stride, self.padding)
        return out if self.limit is None else out.clamp(0.0, self.limit).round()


def exactly(model: nn.Module, scales: Scales) -> nn.Module:
    """A copy of a network that computes the same as nearly as `scales` allow, exactly.

    Each layer is built of what it is told of its input: a batch of three pictures that hold each
    channel's step, least and largest integer, which pass through whatever lies between layers.
    """
    copied, built = fused(model), {}

    def build(name: str, layer: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> Tensor:
        if isinstance(layer, Inputs):
            built[name], told = _inputs(scales.of(name, out.shape[1]), scales.bits + INPUT_BITS - 1)
        else:
            assert isinstance(layer, Convolution)
            ranges = scales.of(name, out.shape[1]) if layer.has_relu else None
            built[name], told = _convolution(layer, given[0][:, :, 0, 0], ranges, scales.bits)
        return told[:, :, None, None].expand(3, -1, *out.shape[2:])

    hooks = []
    for name, layer in copied.named_modules():
        if isinstance(layer, Inputs | Convolution):
            hooks.append(layer.register_forward_hook(partial(build, name)))
    with torch.no_grad():
        copied(*(torch.ones(3, count, _SIDE, _SIDE).double() for count in scales.inputs))
    for hook in hooks:
        hook.remove()
    for name, layer in built.items():
        copied.set_submodule(name, layer)
    return copied


def _inputs(ranges: Tensor, bits: int) -> tuple[nn.Module, Tensor]:
    """The layer, and step, least and largest integer (3, n) of each channel that it gives."""
    limit = 2.0**bits - 1
    steps = torch.tensor([_power_of_two(one) for one in (ranges / limit).tolist()]).double()
    limits = torch.full_like(steps, limit)
    return IntegerInputs(steps, limit), torch.stack([steps, -limits, limits])


def _power_of_two(least: float) -> float:
    """The smallest power of two that is no smaller."""
    mantissa, exponent = math.frexp(least)
    return math.ldexp(1.0, exponent - (mantissa == 0.5))


def _convolution(
    layer: Convolution, given: Tensor, ranges: Tensor | None, bits: int
) -> tuple[nn.Module, Tensor]:
    """The layer for what it is told of its input (3, inputs), and what it tells of its output."""
    steps, low, high = given
    limit = None if ranges is None else 2.0**bits - 1
    out = torch.ones_like(layer.bias) if ranges is None else ranges / (2.0**bits - 1)
    scaled = layer.weight * steps[None, :, None, None] / out[:, None, None, None]
    weight, bias = _in_units(scaled, layer.bias / out, low, high)
    told = torch.stack([out, torch.zeros_like(out), torch.full_like(out, limit or 0.0)])
    return IntegerConvolution(layer, weight, bias, limit), told


def _in_units(weight: Tensor, bias: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Weight and bias, rounded to the finest unit of each output channel that is exact."""
    unit = torch.full_like(bias, _FINEST)
    while True:
        rounded = _rounded(weight / unit[:, None, None, None]) * unit[:, None, None, None]
        offset = (bias / unit).round() * unit
        coarse = largest_sum(rounded, offset, low, high) > EXACT * unit
        if not coarse.any():
            return rounded, offset
        unit = torch.where(coarse, 2 * unit, unit)


def _rounded(weight: Tensor) -> Tensor:
    """Weights rounded so that each kernel's sum is off by one half at most.

    What one tap is rounded by is added to the next, for the activations under a kernel are much
    alike: then errors of its taps cancel.
    """
    taps = weight.flatten(2)
    found, carried = torch.empty_like(taps), torch.zeros_like(taps[..., 0])
    for tap in range(taps.shape[2]):
        wanted = taps[..., tap] + carried
        found[..., tap] = wanted.round()
        carried = wanted - found[..., tap]
    return found.reshape(weight.shape)


def largest_sum(weight: Tensor, bias: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """The largest size (outputs,) that a sum of any of a convolution's terms can have.

    Inputs lie between `low` and `high` (inputs,), which hold 0, or are 0 outside the picture.
    """
    ends = [weight * end[None, :, None, None] for end in (low, high)]
    above = torch.maximum(*ends).clamp(min=0).sum((1, 2, 3)) + bias.clamp(min=0)
    below = torch.minimum(*ends).clamp(max=0).sum((1, 2, 3)) + bias.clamp(max=0)
    return torch.maximum(above, -below)
