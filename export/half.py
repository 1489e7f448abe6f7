# SPDX-License-Identifier: Apache-2.0
"""A network in half precision that takes and gives single precision."""

from __future__ import annotations

import copy

from torch import Tensor, nn


def in_half(model: nn.Module) -> nn.Module:
    """A copy of a network that runs in half precision, but for its last layer.

    The last layer is the module `head`: what it gives is rounded no more than it is in single
    precision, for odds and certainties reach 10, where half precision steps by 1/128.
    """
    halved = copy.deepcopy(model).half()
    halved.get_submodule("head").float().register_forward_pre_hook(_enlarge)
    halved.register_forward_pre_hook(lambda _, given: tuple(one.half() for one in given))
    halved.register_forward_hook(_enlarge_results)
    return halved


def _enlarge(_: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(one.float() for one in given)


def _enlarge_results(
    model: nn.Module, _: tuple[Tensor, ...], results: Tensor | tuple[Tensor, ...]
) -> Tensor | tuple[Tensor, ...]:
    return _enlarge(model, results) if isinstance(results, tuple) else results.float()
