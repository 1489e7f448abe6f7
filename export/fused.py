# SPDX-License-Identifier: Apache-2.0
"""Networks of convolutions with their batch normalisation folded into them."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class Inputs(nn.Module):
    """The place where the first convolution's input passes through."""

    def forward(self, x: Tensor) -> Tensor:
        """The same."""
        return x


class Convolution(nn.Module):
    """A convolution with the batch normalisation that follows folded in, and perhaps a ReLU."""

    def __init__(self, conv: nn.Conv2d, norm: nn.BatchNorm2d | None) -> None:
        super().__init__()
        weight, bias = _folded(conv, norm)
        self.weight, self.bias = weight, bias  # float64
        self.stride, self.padding, self.has_relu = conv.stride, conv.padding, norm is not None

    def forward(self, x: Tensor) -> Tensor:
        """As convolution, normalisation and ReLU one after the other."""
        weight, bias = self.weight.to(x), self.bias.to(x)
        out = nn.functional.conv2d(x, weight, bias, self.stride, self.padding)
        return out.relu() if self.has_relu else out


def fused(model: nn.Module) -> nn.Module:
    """A copy of a network for inference, of `Convolution` in place of what it folds.

    Each (Conv2d, BatchNorm2d, ReLU) in a Sequential is one; so is the last layer, `head`, alone.
    The first layer, `stem`, is preceded by `Inputs`.
    """
    model = copy.deepcopy(model).eval()
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Sequential) and isinstance(next(iter(module), None), nn.Conv2d):
            layers = _folded_layers(list(module))
            first = [Inputs()] if name == "stem" else []
            model.set_submodule(name, nn.Sequential(*first, *layers))
    head = model.get_submodule("head")
    assert isinstance(head, nn.Conv2d)
    model.set_submodule("head", Convolution(head, None))
    return model


def _folded_layers(layers: list[nn.Module]) -> list[nn.Module]:
    found: list[nn.Module] = []
    for conv, norm, relu in zip(layers[::3], layers[1::3], layers[2::3], strict=True):
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        assert isinstance(relu, nn.ReLU)
        found.append(Convolution(conv, norm))
    return found


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d | None) -> tuple[Tensor, Tensor]:
    """Weight and bias, float64."""
    weight = conv.weight.detach().double()
    bias = weight.new_zeros(len(weight)) if conv.bias is None else conv.bias.detach().double()
    if norm is None:
        return weight, bias
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gain = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
    bias = (bias - norm.running_mean.double()) * gain + norm.bias.detach().double()
    return weight * gain[:, None, None, None], bias
