# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding
from evenlight.colour.levels import LEVELS
from evenlight.colour.luma import luma_of
from evenlight.flicker.estimate import Correction
from evenlight.frames import Array, ArrayFrame
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.memo import Memo
from evenlight.motion.preview import Region, measure
from evenlight.motion.window import Neighbour, Window
from evenlight.texture import transfer as stage
from evenlight.texture.clipping import Ends, ends_of, lost, may_be_lost, singular
from evenlight.texture.donors import donors
from evenlight.texture.preview import CorrectedFrame, corrected_frame
from evenlight.texture.preview import measure as texture_preview
from evenlight.texture.select import Branches, branches

BOTH, NEITHER = Ends(dark=True, bright=True), Ends(dark=False, bright=False)
SHAPE = (96, 128)


def scene(high: float = 0.9) -> Array:
    """Texture (H, W, 3) float32 up to `high`, brightest in the middle."""
    rng = np.random.default_rng(4)
    noise = rng.random((*SHAPE, 1), np.float32)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    glow = np.exp(-((y - 48) ** 2 + (x - 64) ** 2) / 900)[..., None]
    return np.repeat((0.15 + (high - 0.3) * glow + 0.15 * noise) * 1, 3, axis=2)


def shown(picture: Array, gain: float, *, encoding: Encoding = Encoding.SRGB) -> CorrectedFrame:
    """A picture under a gain, clipped to 8 bits, and corrected by the inverse of it."""
    pixels = np.clip(np.round(picture * gain * 255), 0, 255).astype(np.uint8)
    gains = np.full((3, len(LEVELS)), 1 / gain)
    return lit(ArrayFrame(pixels), Correction(gains), encoding, by_maximum=False)


def lit(
    frame: ArrayFrame, correction: Correction, encoding: Encoding, *, by_maximum: bool
) -> CorrectedFrame:
    preview = texture_preview(frame, encoding)
    return corrected_frame(frame, preview, correction, encoding, by_maximum=by_maximum)


def found(
    own: CorrectedFrame, before: CorrectedFrame | None, after: CorrectedFrame | None
) -> stage.Texture | None:
    return stage.find_texture(own, luma_of(own.colour), before, after, Networks(Sessions()), Memo())


@pytest.fixture(autouse=True)
def believes_what_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the network: each neighbour by how sure it is."""

    def believed(seen: Branches, networks: Networks) -> Array:
        del networks
        sure = seen.inputs["sure"]
        return sure / np.maximum(sure.sum(axis=0), 1)

    monkeypatch.setattr(stage, "believed", believed)


def laid(
    own: CorrectedFrame, texture: stage.Texture | None, amount: float = 1.0
) -> tuple[Array, Array]:
    """The corrected frame (H, W, C) without and with texture."""
    pixels = own.frame.pixels()
    before = np.round(pixels * own.gains[0, 0]).astype(pixels.dtype)
    after = before.copy()
    if texture is not None:
        stage.put(texture, amount, after, (0, 0), None)
    return before, after


def test_values_at_the_ends_of_the_scale_are_lost() -> None:
    values = np.array([0.0, 0.002, 0.01, 0.5, 0.95, 0.97, 1.0, np.nan], np.float32)
    share = lost(values, BOTH)
    assert share[[0, 6]].tolist() == [1, 1]
    assert share[[2, 3, 4, 7]].tolist() == [0, 0, 0, 0]
    assert 0 < share[1] < 1
    assert 0 < share[5] < 1
    assert not lost(values, NEITHER).any()


def test_nothing_is_clipped_where_values_go_on() -> None:
    bright = np.full((4, 4, 3), 0.5, np.float32)
    bright[0, 0] = 1.2
    assert ends_of(ArrayFrame(bright), Encoding.SRGB) == Ends(dark=True, bright=False)
    assert ends_of(ArrayFrame(-bright), Encoding.SRGB) == Ends(dark=False, bright=True)
    assert ends_of(ArrayFrame(bright), Encoding.LOG) == NEITHER
    assert ends_of(ArrayFrame(np.zeros((2, 2, 3), np.uint16)), Encoding.LINEAR) == BOTH


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
@pytest.mark.parametrize("encoding", [Encoding.SRGB, Encoding.LINEAR])
def test_stored_values_are_judged_as_display_values_are(dtype: type, encoding: Encoding) -> None:
    high = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    values = (np.linspace(0, 1, 30).reshape(2, 5, 3) * high).astype(dtype)
    marks = may_be_lost(ArrayFrame(values), encoding, BOTH)
    from evenlight.colour.encoding import to_display

    share = lost(to_display(values.astype(np.float64) / high, encoding), BOTH)
    assert np.array_equal(marks, share > 0)


def test_premultiplied_colour_is_judged_by_itself() -> None:
    half = np.array([[[0.5, 0.5, 0.2, 0.5], [0, 0, 0, 0]]], np.float32)
    marks = may_be_lost(ArrayFrame(half, premultiplied=True), Encoding.SRGB, BOTH)
    assert marks.tolist() == [[[True, True, False], [False, False, False]]]


def test_small_corrections_are_no_singular_frames() -> None:
    assert singular(np.array([-0.04, 0.0, 0.04])).tolist() == [0, 0, 0]
    assert singular(np.array([-0.2, 0.2])).tolist() == [1, 1]


def test_clipped_texture_comes_from_either_side() -> None:
    clean = scene()
    own, dim = shown(clean, 1.4), shown(clean, 0.8)
    clipped = own.frame.pixels() == 255
    assert clipped.mean() > 0.02
    for sides in ((dim, None), (None, dim), (dim, dim)):
        before, after = laid(own, found(own, *sides))
        errors = [np.abs(one / 255 - clean)[clipped].mean() for one in (before, after)]
        assert errors[1] < 0.3 * errors[0]
        untouched = own.frame.pixels() < 0.95 * 255
        assert np.array_equal(before[untouched], after[untouched])


def test_only_the_channel_that_is_lost_changes() -> None:
    clean = scene() * np.array([1, 0.6, 0.5], np.float32)
    own, dim = shown(clean, 1.4), shown(clean, 0.8)
    before, after = laid(own, found(own, dim, dim))
    assert (before != after)[..., 0].any()
    assert not (before != after)[..., 1:].any()


def test_nothing_is_taken_where_nobody_has_it() -> None:
    clean = scene()
    own, bright = shown(clean, 1.4), shown(clean, 1.4)
    assert found(own, None, None) is None
    before, after = laid(own, found(own, bright, bright))
    assert np.array_equal(before, after)
    assert found(shown(clean, 1.0), shown(clean, 0.8), None) is None  # it needs no correction


def test_what_is_much_darker_was_never_clipped() -> None:
    clean = scene()
    own, other = shown(clean, 1.4), shown(np.full_like(clean, 0.12), 0.8)
    before, after = (one.astype(int) for one in laid(own, found(own, other, None)))
    assert np.abs(before - after).max() <= 1


def test_a_part_of_it_and_a_mask() -> None:
    clean = scene()
    own, dim = shown(clean, 1.4), shown(clean, 0.8)
    texture = found(own, dim, dim)
    assert texture is not None
    before, after = (one.astype(int) for one in laid(own, texture))
    _, half = (one.astype(int) for one in laid(own, texture, 0.5))
    assert np.abs((half - before) * 2 - (after - before)).max() <= 2
    masked = before.astype(np.uint8)
    mask = np.zeros(SHAPE, np.float32)
    mask[:, :64] = 1
    stage.put(texture, 1.0, masked, (0, 0), mask)
    assert np.array_equal(masked[:, :64], after[:, :64])
    assert np.array_equal(masked[:, 64:], before[:, 64:])


def test_a_part_of_the_frame_is_that_part_of_it() -> None:
    clean = scene()
    own, dim = shown(clean, 1.4), shown(clean, 0.8)
    texture = found(own, dim, dim)
    assert texture is not None
    before, after = laid(own, texture)
    part = before[30:70, 41:90].copy()
    stage.put(texture, 1.0, part, (30, 41), None)
    assert np.array_equal(part, after[30:70, 41:90])


def test_a_missing_pixel_gives_nothing() -> None:
    clean = scene()
    pixels = np.minimum(clean * 1.4, 1).astype(np.float32)
    gains = np.full((3, len(LEVELS)), 1 / 1.4)
    own = lit(ArrayFrame(pixels), Correction(gains), Encoding.SRGB, by_maximum=False)
    broken = (clean * 0.8).astype(np.float32)
    broken[40:60, 50:80] = np.nan
    gains = np.full((3, len(LEVELS)), 1 / 0.8)
    dim = lit(ArrayFrame(broken), Correction(gains), Encoding.SRGB, by_maximum=False)
    texture = found(own, dim, dim)
    out = pixels / np.float32(1.4)
    if texture is not None:
        stage.put(texture, 1.0, out, (0, 0), None)
    assert np.isfinite(out).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 40, 3), (20, 7, 1), (60, 70, 4)])
def test_any_size_and_any_channels(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(2)
    gains = np.full((3, len(LEVELS)), 0.7)
    frames = [rng.choice([0.0, 0.4, 1.0], shape).astype(np.float16) for _ in range(3)]
    how = Correction(gains), Encoding.LINEAR
    own, before, after = (
        lit(ArrayFrame(frame, premultiplied=True), *how, by_maximum=True) for frame in frames
    )
    texture = found(own, before, after)
    out = frames[0].copy()
    if texture is not None:
        stage.put(texture, 1.0, out, (0, 0), None)
    assert np.isfinite(out).all()
    if shape[2] == 4:
        assert np.array_equal(out[..., 3], frames[0][..., 3])


def test_branches_are_the_frame_where_a_neighbour_is_lost_too() -> None:
    clean = scene()
    own, dim, bright = shown(clean, 1.4), shown(clean, 0.8), shown(clean, 1.4)
    seen = branches(Memo(), own, luma_of(own.colour), dim, bright)
    assert seen is not None
    middle = np.s_[44:52, 60:68]
    before, after = seen.sides
    assert before is not None
    assert after is not None
    assert before.sure[middle].min() > 0.5
    assert after.sure[middle].max() < 0.2
    assert after.colour[middle] == pytest.approx(own.colour[middle], abs=0.02)


def _window(*levels: tuple[int, float]) -> Window:
    def preview(level: float) -> object:
        pixels = np.full((45, 80, 3), level, np.float32)
        return measure(ArrayFrame(pixels), Region(), Encoding.SRGB, by_maximum=False)

    sides: dict[bool, list[Neighbour]] = {False: [], True: []}
    for offset, level in levels:
        if offset:
            sides[offset > 0].append(Neighbour(offset, preview(level), None))  # type: ignore[arg-type]
    centre = preview(dict(levels)[0])
    return Window(centre, tuple(sides[False]), tuple(sides[True]))  # type: ignore[arg-type]


def test_the_next_frame_gives_unless_it_is_clipped_as_well() -> None:
    assert donors(_window((0, 0.5), (-1, 0.5), (-2, 0.5), (1, 0.5))) == (-1, 1)
    assert donors(_window((0, 1.0), (-1, 1.0), (-2, 0.6), (1, 0.5), (2, 0.4))) == (-2, 1)
    assert donors(_window((0, 1.0), (-1, 1.0), (-2, 1.0), (-3, 1.0), (-4, 0.5))) == (-1, None)
