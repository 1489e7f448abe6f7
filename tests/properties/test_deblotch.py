# SPDX-License-Identifier: Apache-2.0
"""What must always hold of Deblotch and Restore, on small frames."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight import RenderRequest
from evenlight.effects import Deblotch, Restore
from evenlight.effects.deblotch import DeblotchParams
from evenlight.effects.restore import RestoreParams
from evenlight.errors import FrameError
from evenlight.frames import Array
from evenlight.params import build_params

SHAPE = (144, 200)
AT = 4


@pytest.fixture(scope="module")
def scene() -> Array:
    """A slow pan over blobs and grain: (9, H, W, 3) float32."""
    rng = np.random.default_rng(11)
    coarse = rng.random((SHAPE[0] // 8 + 2, SHAPE[1] // 8 + 6, 3)).astype(np.float32)
    wide = cv2.resize(coarse, ((SHAPE[1] // 8 + 6) * 8, (SHAPE[0] // 8 + 2) * 8))
    frames = [wide[2 : 2 + SHAPE[0], 2 * t : 2 * t + SHAPE[1]] for t in range(9)]
    grain = rng.normal(0, 0.004, (9, *SHAPE, 1))
    return (0.2 + 0.5 * np.stack(frames) + grain).astype(np.float32)


def blotched(scene: Array) -> tuple[Array, Array]:
    """The scene with a dark and a bright blotch in one frame; and their mask."""
    clip, mask = scene.copy(), np.zeros(SHAPE, bool)
    for centre, level in (((60, 50), 0.02), ((140, 90), 0.98)):
        spot = np.zeros(SHAPE, np.uint8)
        cv2.ellipse(spot, centre, (11, 7), 20, 0, 360, 1, -1)
        clip[AT][spot > 0] = level
        mask |= spot > 0
    return clip, mask


def deblotch(clip: ArrayClip, time: int = AT, **params: Any) -> Array:
    out = np.full_like(clip.frames[time], 77)
    Deblotch().process(clip, RenderRequest(time), build_params(DeblotchParams, params), out)
    return out


def error(out: Array, truth: Array, where: Array) -> float:
    return float(np.sqrt(((out - truth)[where] ** 2).mean()))


def test_blotches_are_filled_and_the_rest_is_bit_identical(scene: Array) -> None:
    clip, mask = blotched(scene)
    out = deblotch(ArrayClip(clip))
    assert error(out, scene[AT], mask) < 0.1 * error(clip[AT], scene[AT], mask)
    far = ~cv2.dilate(mask.astype(np.uint8), np.ones((13, 13), np.uint8)).astype(bool)
    assert out[far].tobytes() == clip[AT][far].tobytes()
    matte = deblotch(ArrayClip(clip), view="matte")[..., 0]
    assert out[matte == 0].tobytes() == clip[AT][matte == 0].tobytes()
    assert (matte[mask] == 1).mean() > 0.97


@pytest.mark.parametrize("length", [6, 12, 20, 40])
def test_a_blotch_goes_as_a_whole_or_not_at_all(scene: Array, length: int) -> None:
    """A bright core and a fainter tail: no half of it may be left with an edge of its own."""
    clip, core, tail = scene.copy(), np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    cv2.ellipse(core, (80, 70), (9, 6), 0, 0, 360, 1, -1)
    cv2.ellipse(tail, (80 + length, 70), (length, 5), 0, 0, 360, 1, -1)
    clip[AT][tail > 0] += np.float32(0.15)
    clip[AT][core > 0] = 0.98
    gone = (deblotch(ArrayClip(clip)) != clip[AT]).any(-1)
    shares = [gone[part > 0].mean() for part in (core, tail)]
    assert min(shares) > 0.9 or max(shares) == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_a_clean_clip_comes_back_bit_for_bit(scene: Array, dtype: type) -> None:
    scale = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    clip = (scene * scale).astype(dtype)
    for time in (0, 4, 8):
        assert deblotch(ArrayClip(clip), time).tobytes() == clip[time].tobytes()


def test_the_result_does_not_depend_on_order_or_names(scene: Array) -> None:
    clip, _ = blotched(scene)
    alone = deblotch(ArrayClip(clip))
    server = ArrayClip(clip, name="deblotch order ")
    for time in (6, 3, 5, 4):
        again = deblotch(server, time)
    assert again.tobytes() == alone.tobytes()


def test_a_window_of_the_frame_is_that_part_of_it(scene: Array) -> None:
    clip, _ = blotched(scene)
    whole = deblotch(ArrayClip(clip))
    part = np.empty((60, 70, 3), np.float32)
    request = RenderRequest(AT, origin=(30, 25))
    Deblotch().process(ArrayClip(clip), request, DeblotchParams(), part)
    assert part.tobytes() == np.ascontiguousarray(whole[30:90, 25:95]).tobytes()


def test_only_what_is_asked_for_is_taken_out(scene: Array) -> None:
    clip, _ = blotched(scene)
    dark = deblotch(ArrayClip(clip), blotches="dark")
    assert dark[90, 140, 0] == clip[AT][90, 140, 0]
    assert dark[50, 60, 0] != clip[AT][50, 60, 0]
    assert deblotch(ArrayClip(clip), strength=0.0).tobytes() == clip[AT].tobytes()
    assert deblotch(ArrayClip(clip), largest=5.0).tobytes() == clip[AT].tobytes()


def test_a_mask_adds_or_forbids(scene: Array) -> None:
    clip, mask = blotched(scene)
    white = np.zeros((*SHAPE, 1), np.float32)
    white[mask] = 1
    forbidden = deblotch(ArrayClip(clip, mask=white), matte="forbid")
    assert forbidden[mask].tobytes() == clip[AT][mask].tobytes()
    square = np.zeros((*SHAPE, 1), np.float32)
    square[20:34, 150:170] = 1
    added = deblotch(ArrayClip(scene, mask=square), matte="add")
    assert (added[22:32, 152:168] != scene[AT][22:32, 152:168]).any()
    assert error(added, scene[AT], square[..., 0] > 0) < 0.03


def test_a_mask_of_another_size_is_refused(scene: Array) -> None:
    with pytest.raises(FrameError, match="must have the size of the source"):
        deblotch(ArrayClip(scene, mask=np.ones((9, 9, 1), np.float32)), matte="add")


def test_the_matte_goes_to_alpha_on_request(scene: Array) -> None:
    clip, mask = blotched(scene)
    rgba = np.concatenate([clip, np.ones((*clip.shape[:3], 1), np.float32)], axis=3)
    out = deblotch(ArrayClip(rgba), matte_to_alpha=True)
    assert out[..., 3][mask].mean() > 0.95
    assert out[0, 0, 3] == 0
    assert (deblotch(ArrayClip(rgba))[..., 3] == 1).all()


def test_values_beyond_black_and_white_and_none_at_all_stay(scene: Array) -> None:
    clip, _ = blotched(scene)
    clip = clip.copy()
    clip[:, 5:9, 5:9], clip[:, 120:124, 20:24], clip[:, 130, 30] = -0.5, 3.0, np.nan
    out = deblotch(ArrayClip(clip))
    for part in (np.s_[5:9, 5:9], np.s_[120:124, 20:24], np.s_[130, 30]):
        assert out[part].tobytes() == clip[AT][part].tobytes()


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (17, 23)])
def test_tiny_frames_pass(shape: tuple[int, int]) -> None:
    clip = np.random.default_rng(1).random((5, *shape, 3)).astype(np.float32)
    assert np.isfinite(deblotch(ArrayClip(clip), 2)).all()


def test_a_single_frame_and_a_whole_frame_burnt_pass(scene: Array) -> None:
    assert deblotch(ArrayClip(scene[:1]), 0).tobytes() == scene[0].tobytes()
    burnt = scene.copy()
    burnt[AT] = 1.0
    assert deblotch(ArrayClip(burnt)).tobytes() == burnt[AT].tobytes()


def test_nine_tenths_of_a_frame_blotched_is_no_error(scene: Array) -> None:
    clip = scene.copy()
    clip[AT][np.random.default_rng(5).random(SHAPE) < 0.9] = 0.0
    assert np.isfinite(deblotch(ArrayClip(clip))).all()


def test_a_cut_is_no_blotch(scene: Array) -> None:
    other = np.ascontiguousarray(scene[:, ::-1, ::-1]) * 0.7
    clip = np.concatenate([scene[:4], other[:4]])
    for time in (3, 4):
        assert deblotch(ArrayClip(clip), time).tobytes() == clip[time].tobytes()


def test_a_frame_shown_twice_with_its_blotch_is_judged_by_others(scene: Array) -> None:
    clip, mask = blotched(scene)
    held = np.concatenate([clip[: AT + 1], clip[AT : AT + 1], clip[AT + 1 :]])
    out = deblotch(ArrayClip(held), AT)
    assert error(out, scene[AT], mask) < 0.3 * error(clip[AT], scene[AT], mask)


@pytest.mark.parametrize("pattern", [(2, 2), (3, 2), (2, 1), (3, 3)])
def test_copies_are_repaired_as_the_picture_is_alone(scene: Array, pattern: tuple[int]) -> None:
    clip, _ = blotched(scene)
    times = [pattern[t % len(pattern)] for t in range(len(clip))]
    shown = np.repeat(np.arange(len(clip)), times)
    alone = deblotch(ArrayClip(clip))
    assert alone.tobytes() != clip[AT].tobytes()
    for time in np.flatnonzero(shown == AT):
        assert deblotch(ArrayClip(clip[shown]), int(time)).tobytes() == alone.tobytes()


def restore(clip: ArrayClip, time: int = AT, **params: Any) -> Array:
    out = np.full_like(clip.frames[time], 77)
    settings = build_params(RestoreParams, {"radius": 4, **params})
    Restore().process(clip, RenderRequest(time), settings, out)
    return out


def test_flicker_and_blotches_go_together(scene: Array) -> None:
    clip, mask = blotched(scene)
    gains = np.array([1, 1.1, 0.92, 1.08, 0.85, 1.05, 0.95, 1.1, 0.9], np.float32)
    flickering = clip * gains[:, None, None, None]
    out = restore(ArrayClip(flickering))
    assert error(out, scene[AT], mask) < 0.2 * error(flickering[AT], scene[AT], mask)
    assert error(out, scene[AT], ~mask) < 0.5 * error(flickering[AT], scene[AT], ~mask)


def test_restore_leaves_a_clean_clip_alone(scene: Array) -> None:
    for time in (0, 4, 8):
        assert restore(ArrayClip(scene), time).tobytes() == scene[time].tobytes()


def test_restore_with_one_half_off_is_the_other_effect(scene: Array) -> None:
    clip, _ = blotched(scene)
    assert restore(ArrayClip(clip), flicker=0.0).tobytes() == deblotch(ArrayClip(clip)).tobytes()
