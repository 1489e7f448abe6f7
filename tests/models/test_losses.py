# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import torch

from evenlight.training.adversarial import Discriminator, in_a_row
from evenlight.training.losses import Losses, Weights
from evenlight.training.perceptual import Features

SHAPE = (24, 40)


def pictures(count: int = 4) -> torch.Tensor:
    return torch.rand((count, 3, *SHAPE), generator=torch.Generator().manual_seed(3)) * 0.6


def parts_of(evened: torch.Tensor, clean: torch.Tensor) -> dict[str, torch.Tensor]:
    around = torch.cat([clean, clean], dim=1)
    said = torch.zeros((len(clean), 2, *SHAPE))
    nothing = {"said": said, "sure": torch.ones_like(said)}
    return {**nothing, "evened": evened, "clean": clean, "around": around, "clean_around": around}


def test_features_tell_how_far_pictures_lie_apart() -> None:
    features, clean = Features(), pictures()
    shown = (1.1 * clean).requires_grad_()
    near, far = features(shown, clean), features(1.4 * clean, clean)
    assert features(clean, clean).max() == 0
    assert (near > 0).all()
    assert (far > near).all()
    near.sum().backward()
    assert shown.grad is not None
    assert shown.grad.abs().max() > 0
    assert not any(one.requires_grad for one in features.parameters())


def test_the_discriminator_learns_and_the_generator_does_not_teach_it() -> None:
    torch.manual_seed(0)
    discriminator, clean = Discriminator(), pictures()
    corrected = in_a_row(0.5 * clean, torch.cat([clean, clean], dim=1)).requires_grad_()
    true = in_a_row(clean, torch.cat([clean, clean], dim=1))
    assert corrected.shape == (4, 3, 3, *SHAPE)
    optimiser = torch.optim.AdamW(discriminator.parameters(), 1e-3)
    before = discriminator.discriminator_loss(corrected, true).mean()
    for _ in range(12):
        optimiser.zero_grad()
        discriminator.discriminator_loss(corrected, true).mean().backward()
        optimiser.step()
    assert corrected.grad is None
    assert discriminator.discriminator_loss(corrected, true).mean() < before - 0.1
    optimiser.zero_grad()
    discriminator.generator_loss(corrected).sum().backward()
    assert corrected.grad is not None
    assert all(one.grad is None for one in discriminator.parameters())


def test_exposure_alone_is_no_error_and_parts_add_up() -> None:
    clean = pictures()
    field = torch.zeros((len(clean), 1, *SHAPE))
    parts = parts_of(0.8 * clean, clean)
    device = torch.device("cpu")
    error, steady, perceived = (
        Losses(weights, device)
        for weights in (Weights(), Weights(warping=0.1), Weights(perceptual=1.0))
    )
    right = torch.full((len(clean),), float(np.log((0.5 / 255) ** 2)))
    assert torch.allclose(error.judged(field, parts), right, atol=1e-3)
    assert torch.equal(error.learned(field, parts), error.judged(field, parts))
    assert torch.allclose(steady.judged(field, parts), right + 0.1 * np.log(0.5 / 255), atol=1e-3)
    slanted = field + torch.linspace(-0.3, 0.3, SHAPE[1])
    assert (perceived.learned(slanted, parts) > perceived.learned(field, parts)).all()
