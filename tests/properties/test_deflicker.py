# SPDX-License-Identifier: Apache-2.0
"""What must always hold of Deflicker, on small frames."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clips import ArrayClip
from tests.properties.conftest import render

from evenlight.frames import Array

FEW = settings(max_examples=8, deadline=None)
ALL = range(24)


def test_flicker_is_taken_out(scene: Array, flickering: Array) -> None:
    restored = np.stack([render(ArrayClip(flickering), t) for t in ALL])
    means = [
        clip.mean(axis=(1, 2, 3)) / scene.mean(axis=(1, 2, 3)) for clip in (flickering, restored)
    ]
    before, after = (np.abs(np.diff(np.log2(m), 2)).mean() for m in means)
    assert after < before / 8


def test_flicker_of_colour_is_taken_out_per_channel(scene: Array) -> None:
    gains = np.random.default_rng(3).uniform(0.85, 1.15, (len(scene), 1, 1, 3)).astype(np.float32)
    clip = scene * gains

    def wobble(frames: Array) -> float:
        ratio = frames.mean(axis=(1, 2)) / scene.mean(axis=(1, 2))
        return float(np.abs(np.diff(np.log2(ratio[:, 0] / ratio[:, 2]), 2)).mean())

    restored = np.stack([render(ArrayClip(clip), t) for t in ALL])
    assert wobble(restored) < wobble(clip) / 5


def test_luminance_keeps_every_pixels_hue(flickering: Array) -> None:
    frame = flickering[12]
    restored = render(ArrayClip(flickering), 12, colour="luminance")
    factor = restored / frame
    assert np.abs(factor - 1).max() > 0.01
    np.testing.assert_allclose(factor[..., 0], factor[..., 2], rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_a_steady_clip_comes_back_bit_for_bit(scene: Array, dtype: type) -> None:
    scale = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    clip = (scene * scale).astype(dtype)
    for time in (0, 1, 12, 23):
        assert render(ArrayClip(clip), time).tobytes() == clip[time].tobytes()


@pytest.mark.parametrize(
    "gains",
    [
        np.interp(np.arange(24), [0, 6, 18, 23], [1, 1, 0, 0]),  # to black
        np.interp(np.arange(24), [0, 4, 20, 23], [0.1, 0.1, 1.2, 1.2]),
        np.where(np.arange(24) == 11, 1.6, 1.0),  # a flash
        np.where(np.arange(24) >= 11, 0.5, 1.0),  # a step
    ],
    ids=["fade to black", "fade in", "flash", "step"],
)
def test_wanted_changes_of_light_stay(scene: Array, gains: Array) -> None:
    clip = (scene * gains[:, None, None, None]).astype(np.float32)
    for time in ALL:
        assert render(ArrayClip(clip), time).tobytes() == clip[time].tobytes()


def test_a_flash_inside_flicker_stays(scene: Array, flickering: Array) -> None:
    clip = flickering.copy()
    clip[12] = scene[12] * 3
    assert np.abs(render(ArrayClip(clip), 12) - clip[12]).max() == 0
    steady = render(ArrayClip(flickering), 13).mean()
    assert render(ArrayClip(clip), 13).mean() == pytest.approx(steady, rel=0.03)


def test_nothing_crosses_a_cut(flickering: Array) -> None:
    texture = np.random.default_rng(4).random((16, 24, 3)).astype(np.float32)
    other = np.broadcast_to(texture.repeat(3, 0).repeat(3, 1), flickering[:12].shape)
    clip = np.concatenate([flickering[:12], other])
    for time in (10, 11):
        expected = render(ArrayClip(flickering[:12]), time)
        assert render(ArrayClip(clip), time).tobytes() == expected.tobytes()


def test_a_mark_is_a_cut(flickering: Array) -> None:
    from evenlight import Deflicker, RenderRequest
    from evenlight.effects.deflicker import DeflickerParams

    out = np.empty_like(flickering[10])
    marks = {"cut_here": {offset: offset == 2 for offset in range(-8, 9)}}
    Deflicker().process(
        ArrayClip(flickering), RenderRequest(10, sampled=marks), DeflickerParams(radius=8), out
    )
    assert out.tobytes() == render(ArrayClip(flickering[:12]), 10).tobytes()


@FEW
@given(st.permutations(list(range(8, 14))), st.booleans())
def test_order_and_caches_change_nothing(flickering: Array, order: list[int], named: bool) -> None:
    clip = ArrayClip(flickering, name=f"{order}" if named else "")
    for time in order:
        expected = render(ArrayClip(flickering), time)
        assert render(clip, time).tobytes() == expected.tobytes()


def test_threads_change_nothing(flickering: Array) -> None:
    expected = [render(ArrayClip(flickering), t).tobytes() for t in ALL]
    clip, got = ArrayClip(flickering, name="threads/"), dict.fromkeys(ALL, b"")

    def work(first: int) -> None:
        for time in range(first, len(flickering), 4):
            got[time] = render(clip, time).tobytes()

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(got.values()) == expected


def test_only_the_window_is_asked_for_and_matters(flickering: Array) -> None:
    clip = ArrayClip(flickering)
    near = render(clip, 12, radius=3)
    assert set(clip.asked) <= set(range(9, 16))
    changed = flickering.copy()
    changed[:9] = 0.5
    changed[16:] = 0.1
    assert render(ArrayClip(changed), 12, radius=3).tobytes() == near.tobytes()


@FEW
@given(st.sampled_from([np.nan, np.inf, -np.inf, -0.25, 7.5]), st.integers(0, 47))
def test_odd_values_pass_and_spoil_nothing(flickering: Array, value: float, row: int) -> None:
    clip = flickering.copy()
    clip[12, row, 5] = value
    restored, plain = render(ArrayClip(clip), 12), render(ArrayClip(flickering), 12)
    odd = restored[row, 5]
    if np.isfinite(value):
        assert np.all(np.sign(odd) == np.sign(value))
        assert np.all((np.abs(odd) > 0.5 * abs(value)) & (np.abs(odd) < 2 * abs(value)))
    else:
        assert np.array_equal(odd, clip[12, row, 5], equal_nan=True)
    rest = np.ones(restored.shape[:2], bool)
    rest[row, 5] = False
    assert np.abs(restored - plain)[rest].max() < 0.01


def test_alpha_stays_and_a_mask_bounds_the_change(flickering: Array) -> None:
    alpha = np.linspace(0, 1, flickering[0, ..., :1].size, dtype=np.float32)
    alpha = alpha.reshape(flickering[0, ..., :1].shape)
    clip = np.stack([np.dstack([frame, alpha]) for frame in flickering])
    assert np.array_equal(render(ArrayClip(clip), 12)[..., 3], clip[12, ..., 3])
    mask = np.zeros((*flickering.shape[1:3], 1), np.float32)
    mask[:, 30:] = 1
    out = render(ArrayClip(flickering, mask=mask), 12, use_mask=True)
    assert out[:, :30].tobytes() == flickering[12, :, :30].tobytes()
    np.testing.assert_array_equal(out[:, 30:], render(ArrayClip(flickering), 12)[:, 30:])


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (3, 3), (17, 19)])
@pytest.mark.parametrize("frames", [1, 2, 5])
def test_any_size_and_length_renders(shape: tuple[int, int], frames: int) -> None:
    rng = np.random.default_rng(1)
    clip = rng.random((frames, *shape, 3)).astype(np.float32)
    for time in range(frames):
        assert np.isfinite(render(ArrayClip(clip), time)).all()


def test_frames_of_another_size_end_the_window(flickering: Array) -> None:
    frames = [*flickering[:12], *(frame[:20] for frame in flickering[12:])]
    assert (
        render(ArrayClip(frames), 11).tobytes() == render(ArrayClip(flickering[:12]), 11).tobytes()
    )


def test_strength_is_how_far_the_correction_goes(flickering: Array) -> None:
    frame = flickering[12]
    assert render(ArrayClip(flickering), 12, strength=0.0).tobytes() == frame.tobytes()
    full, half = (render(ArrayClip(flickering), 12, strength=s) for s in (1.0, 0.5))
    np.testing.assert_allclose(half - frame, (full - frame) / 2, atol=2e-3)
