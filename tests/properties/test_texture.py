# SPDX-License-Identifier: Apache-2.0
"""What must always hold of Deflicker's local stage, on small frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.clips import ArrayClip
from tests.properties.conftest import opened, render

from evenlight import Deflicker, Outcome, RenderRequest
from evenlight.effects import Resources
from evenlight.effects.deflicker import DeflickerParams
from evenlight.errors import ModelError
from evenlight.frames import Array
from evenlight.inference.sessions import FOLDER, Sessions
from evenlight.params import build_params

LEARNED: dict[str, object] = {"method": "learned"}
TEXTURE: dict[str, object] = {**LEARNED, "stage_local": 1.0}


@pytest.fixture(scope="module")
def clipped(scene: Array) -> Array:
    """The scene under a gain a frame that clips its highlights, 8 bits."""
    gains = np.random.default_rng(3).uniform(0.8, 1.6, (len(scene), 1, 1, 1))
    return np.clip(np.round(scene * gains * 255), 0, 255).astype(np.uint8)


def test_only_clipped_values_take_texture_from_beside(clipped: Array) -> None:
    changed = np.zeros(clipped.shape, bool)
    for time in range(4, 16):
        plain = render(ArrayClip(clipped), time, **LEARNED)
        changed[time] = render(ArrayClip(clipped), time, **TEXTURE) != plain
    assert changed.any()
    assert clipped[changed].min() > 0.95 * 255


def test_with_texture_any_frame_alone_is_as_in_a_run(clipped: Array) -> None:
    expected = {}
    for time in range(8, 13):
        expected[time] = render(ArrayClip(clipped), time, **TEXTURE).tobytes()
    clip, effect = ArrayClip(clipped, name="texture/"), opened()
    for time in (10, 8, 12, 9, 11, 10):
        assert render(clip, time, effect, **TEXTURE).tobytes() == expected[time]


def test_with_texture_the_mask_and_the_ends_of_a_shot_are_kept(clipped: Array) -> None:
    mask = np.zeros((*clipped.shape[1:3], 1), np.float32)
    mask[:, 30:] = 1
    for time in (0, 12, 23):
        out = render(ArrayClip(clipped, mask=mask), time, use_mask=True, **TEXTURE)
        assert np.array_equal(out[:, :30], clipped[time][:, :30])
        full = render(ArrayClip(clipped), time, **TEXTURE)
        assert np.array_equal(out[:, 30:], full[:, 30:])


def test_texture_does_not_cross_a_cut(clipped: Array) -> None:
    blocks = np.random.default_rng(4).integers(0, 250, (16, 24, 3)).astype(np.uint8)
    other = np.broadcast_to(blocks.repeat(3, 0).repeat(3, 1), clipped[:12].shape)
    joined = np.concatenate([clipped[:12], other])
    for time in (10, 11):
        expected = render(ArrayClip(clipped[:12]), time, **TEXTURE)
        assert render(ArrayClip(joined), time, **TEXTURE).tobytes() == expected.tobytes()


def test_no_analysis_stands_for_pixels_of_frames_beside() -> None:
    for values, reach in (({}, 0), ({"stage_local": 0.1}, None), ({"strength": 0.0}, 0)):
        params = build_params(DeflickerParams, {"method": "learned", **values})
        assert Deflicker().reach(params) == reach
    texture = build_params(DeflickerParams, {**TEXTURE, "analysis": "there is no such file"})
    assert Deflicker().search(RenderRequest(3), texture) is None


def test_highlights_beyond_1_take_no_texture(clipped: Array) -> None:
    linear = (clipped / np.float32(255)).astype(np.float32)
    linear[:, 20:22, 30:32] = 3.0
    values = {"encoding": "linear"}
    plain = render(ArrayClip(linear), 12, **LEARNED, **values)
    with_texture = render(ArrayClip(linear), 12, **TEXTURE, **values)
    changed = plain != with_texture
    assert linear[12][changed].max(initial=0) < 0.01


def test_the_view_shows_what_texture_was_put_in(clipped: Array) -> None:
    for time in range(4, 16):
        without, whole = (
            render(ArrayClip(clipped), time, **values) for values in (LEARNED, TEXTURE)
        )
        grey = render(ArrayClip(clipped), time, view="texture", **LEARNED)
        shown = render(ArrayClip(clipped), time, view="texture", **TEXTURE)
        assert np.array_equal(grey, shown) == np.array_equal(without, whole)


def _raises(effect: Deflicker, clip: Array, time: int, params: DeflickerParams) -> bool:
    try:
        effect.process(ArrayClip(clip), RenderRequest(time), params, np.empty_like(clip[0]))
    except ModelError as error:
        return "lfrm.onnx is missing" in str(error)
    return False


def test_without_the_network_of_texture_the_rest_is_done(clipped: Array, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.onnx"):
        if not path.name.startswith("lfrm"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    plain = {t: render(ArrayClip(clipped), t, **LEARNED) for t in range(6, 12)}
    effect, outcomes = Deflicker(Resources(sessions=Sessions(tmp_path))), set()
    for time, expected in plain.items():
        out = np.empty_like(clipped[0])
        params = build_params(DeflickerParams, {"radius": 8, **TEXTURE})
        outcomes.add(effect.process(ArrayClip(clipped), RenderRequest(time), params, out))
        assert out.tobytes() == expected.tobytes()
    notice = "no local stage: the model lfrm.onnx is missing; install Evenlight again"
    assert Outcome(notice, fell_back=True) in outcomes
    assert outcomes <= {Outcome(), Outcome(notice, fell_back=True)}
    strict = build_params(DeflickerParams, {"radius": 8, "fall_back": False, **TEXTURE})
    assert any(_raises(effect, clipped, time, strict) for time in plain)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_a_steady_clip_comes_back_bit_for_bit(scene: Array, dtype: type) -> None:
    scale = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    clip = (np.minimum(scene * 1.5, 1) * scale).astype(dtype)
    for time in (0, 12, 23):
        assert render(ArrayClip(clip), time, **TEXTURE).tobytes() == clip[time].tobytes()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_black_and_clipped_clips_stay(level: float) -> None:
    clip = np.full((9, 48, 72, 3), level, np.float32)
    assert render(ArrayClip(clip), 4, **TEXTURE).tobytes() == clip[4].tobytes()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 3), (17, 19), (60, 50)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_any_size_length_and_channels_render(shape: tuple[int, int], channels: int) -> None:
    rng = np.random.default_rng(1)
    for frames in (1, 2, 5):
        clip = rng.choice([0.0, 0.3, 1.0], (frames, *shape, channels)).astype(np.float32)
        for time in range(frames):
            assert np.isfinite(render(ArrayClip(clip), time, **TEXTURE)).all()
