# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight.effects.deblotch import Deblotch, DeblotchParams
from evenlight.effects.parameters import BlotchView, RestoreView
from evenlight.effects.restore import Restore, RestoreParams
from evenlight.frames import Array, RenderRequest

SHAPE = (180, 320, 3)
DARK = (1.1, 0.9, 1.1, 0.8, 1.1, 0.9, 1.1)  # the frame in the middle


def scene(rng: np.random.Generator, gains: tuple[float, ...]) -> ArrayClip:
    picture = np.kron(rng.random((18, 32, 3), np.float32), np.ones((10, 10, 1), np.float32))
    return ArrayClip([(picture * 0.5 + 0.2) * np.float32(gain) for gain in gains])


def seen(clip: ArrayClip, view: RestoreView) -> Array:
    out = np.zeros(SHAPE, np.float32)
    Restore().process(clip, RenderRequest(3.0), RestoreParams(view=view, radius=3), out)
    return out


def test_the_correction_is_orange_where_light_is_added(rng: np.random.Generator) -> None:
    dark = seen(scene(rng, DARK), RestoreView.CORRECTION)
    red, _, blue = dark[:120].mean(axis=(0, 1))
    assert red > blue + 0.1
    still = seen(scene(rng, (1,) * 7), RestoreView.CORRECTION)
    np.testing.assert_allclose(still[:60, :, 0], still[:60, :, 2], atol=1e-6)


def test_the_graph_shows_the_neighbours(rng: np.random.Generator) -> None:
    flickers = seen(scene(rng, (1, 0.8, 1.1, 1, 0.9, 1, 1.2)), RestoreView.GRAPH)
    still = seen(scene(rng, (1,) * 7), RestoreView.GRAPH)
    assert np.abs(flickers[100:] - still[100:]).max() > 0.2


@pytest.mark.parametrize("view", [RestoreView.MATTE, RestoreView.DIFFERENCE])
def test_a_view_of_nothing_says_so(rng: np.random.Generator, view: RestoreView) -> None:
    picture = seen(scene(rng, (1,) * 7), view)
    middle = picture[80:100]
    assert middle.max() > 0.9  # words
    assert picture[:40].std() < 1e-6  # and nothing else


def test_what_is_seen_of_a_relit_frame_is_not_called_nothing(rng: np.random.Generator) -> None:
    picture = seen(scene(rng, DARK), RestoreView.DIFFERENCE)
    assert picture[80:100].max() < 0.9


def test_words_do_not_go_into_the_alpha_of_a_matte(rng: np.random.Generator) -> None:
    alpha = np.ones((*SHAPE[:2], 1), np.float32)
    frames = [np.concatenate([f, alpha], axis=2) for f in scene(rng, (1,) * 7).frames]
    out = np.zeros((*SHAPE[:2], 4), np.float32)
    params = DeblotchParams(matte_to_alpha=True, view=BlotchView.RESULT)
    Deblotch().process(ArrayClip(frames), RenderRequest(3.0), params, out)
    assert not out[..., 3].any()
