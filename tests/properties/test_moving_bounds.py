# SPDX-License-Identifier: Apache-2.0
"""Stabilised and cropped plates: what must hold of all effects where bounds move in the plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from evenlight import ArrayFrame, Frame, engine
from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.frames import Array

SHAPE = (120, 160)
COUNT, RADIUS, AT = 12, 40, 5
#: Rows and columns of the plane that a frame holds: top, bottom, left, right.
Box = tuple[int, int, int, int]
WHOLE: Box = (0, *SHAPE[:1], 0, SHAPE[1])
#: What all of `BOXES` hold.
SHARED = np.s_[12:108, 15:145]
BOXES: dict[str, list[Box]] = {
    "one edge": [(0, 120, 0, 160 - 5 * (t % 2)) for t in range(COUNT)],
    "all edges": [
        (3 * (t % 4), 120 - 4 * (t % 3), 5 * (t % 3), 160 - 7 * (t % 2)) for t in range(COUNT)
    ],
    "one size": [
        (4 * (t % 3), 108 + 4 * (t % 3), 5 * (t % 2), 150 + 5 * (t % 2)) for t in range(COUNT)
    ],
}


class Plate:
    """Parts of a plane (T, H, W, C), as a host serves them."""

    def __init__(
        self, frames: Sequence[Array], boxes: Sequence[Box], mask: Array | None = None
    ) -> None:
        self.frames, self.boxes, self.mask = frames, boxes, mask

    def part(self, time: int) -> Array:
        top, bottom, left, right = self.boxes[time]
        return self.frames[time][top:bottom, left:right]

    def fetch(self, clip: int, time: float) -> Frame | None:
        index = round(time)
        if not 0 <= index < len(self.frames):
            return None
        top, bottom, left, right = self.boxes[index]
        if clip == engine.Clip.MASK:
            return None if self.mask is None else ArrayFrame(self.mask[top:bottom, left:right])
        return ArrayFrame(self.part(index), corner=(left, SHAPE[0] - top))

    def aborted(self) -> bool:
        return False


def render(
    effect: type[Effect], plate: Plate, time: int, values: Mapping[str, Any] | None = None
) -> tuple[Array, str]:
    """The frame laid into the plane, NaN or 0 around it, and the notice."""
    given = dict(values or {})
    reach = 6 if effect is Deblotch else RADIUS  # two film frames, each shown up to three times
    if effect is not Deblotch:
        given.setdefault("radius", RADIUS)
    out = np.empty_like(plate.part(time))
    request = engine.Request(float(time), reach, reach, encoding="srgb", values=given)
    notice = engine.process(effect(), plate, out, request).notice
    plane = np.zeros_like(plate.frames[time])
    top, bottom, left, right = plate.boxes[time]
    plane[top:bottom, left:right] = out
    return plane, notice


@pytest.fixture(scope="module")
def scene() -> Array:
    """A picture that stands still, with grain, (T, H, W, 3) float32."""
    rng = np.random.default_rng(5)
    coarse = rng.random((SHAPE[0] // 8, SHAPE[1] // 8, 3)).astype(np.float32)
    picture = 0.2 + 0.45 * cv2.resize(coarse, SHAPE[::-1])
    return (picture + rng.normal(0, 0.004, (COUNT, *SHAPE, 1))).astype(np.float32)


@pytest.fixture(scope="module")
def flickering(scene: Array) -> Array:
    gains = 1 + 0.25 * np.sin(1.7 * np.arange(COUNT))
    return (scene * gains[:, None, None, None]).astype(np.float32)


def levels(frames: Sequence[Array]) -> Array:
    """Mean of each frame over what all hold, less their mean, as shares of it."""
    means = np.array([frame[SHARED].astype(np.float64).mean() for frame in frames])
    return np.asarray(means / means.mean() - 1)


@pytest.mark.parametrize("effect", [Deflicker, Restore])
@pytest.mark.parametrize("boxes", BOXES)
def test_flicker_is_taken_out_as_with_bounds_that_stay(
    flickering: Array, effect: type[Effect], boxes: str
) -> None:
    stays, moves = (
        levels([render(effect, Plate(flickering, own), t)[0] for t in range(COUNT)])
        for own in ([WHOLE] * COUNT, BOXES[boxes])
    )
    assert levels(flickering).std() > 0.15
    assert stays.std() < 0.005
    np.testing.assert_allclose(moves, stays, atol=0.006)  # other parts of the picture decide


@pytest.mark.parametrize("dtype", [np.uint8, np.float16])
def test_every_depth_is_placed(flickering: Array, dtype: type) -> None:
    scale = 255 if dtype is np.uint8 else 1
    frames = (flickering * scale).astype(dtype)
    plate = Plate(frames, BOXES["all edges"])
    assert levels([render(Deflicker, plate, t)[0] for t in range(COUNT)]).std() < 0.01


def blotched(scene: Array, column: int) -> tuple[Array, Array]:
    """The scene with a dark blotch in one frame around row 60 of a column, and its mask."""
    spot = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(spot, (column, 60), (9, 7), 20, 0, 360, 1, -1)
    clip = scene.copy()
    clip[AT][spot > 0] = 0.02
    return clip, spot > 0


@pytest.mark.parametrize("effect", [Deblotch, Restore])
@pytest.mark.parametrize("boxes", BOXES)
def test_blotches_are_filled(scene: Array, effect: type[Effect], boxes: str) -> None:
    clip, mask = blotched(scene, 70)
    values = {"flicker": 0.0} if effect is Restore else {}
    out, _ = render(effect, Plate(clip, BOXES[boxes]), AT, values)
    before, after = (np.sqrt(((x - scene[AT])[mask] ** 2).mean()) for x in (clip[AT], out))
    assert after < 0.1 * before


@pytest.mark.parametrize("boxes", BOXES)
def test_what_a_neighbour_does_not_hold_is_no_difference(scene: Array, boxes: str) -> None:
    """A clean plate comes back bit for bit, its edges too."""
    plate = Plate(scene, BOXES[boxes])
    for time in range(COUNT):
        out, _ = render(Deblotch, plate, time)
        top, bottom, left, right = plate.boxes[time]
        assert out[top:bottom, left:right].tobytes() == plate.part(time).tobytes()


def narrowed(left: int) -> list[Box]:
    """The frame in the middle is whole, all others lack columns on the left."""
    return [WHOLE if t == AT else (0, SHAPE[0], left, SHAPE[1]) for t in range(COUNT)]


def test_a_blotch_that_no_neighbour_can_judge_is_left(scene: Array) -> None:
    clip, mask = blotched(scene, 20)
    assert (render(Deblotch, Plate(clip, [WHOLE] * COUNT), AT)[0] != clip[AT])[mask].any()
    out, _ = render(Deblotch, Plate(clip, narrowed(40)), AT)
    assert out.tobytes() == clip[AT].tobytes()


def test_a_fill_is_taken_from_the_neighbour_that_holds_the_place(scene: Array) -> None:
    clip, mask = blotched(scene, 20)
    clip[:AT, :, 40] = 1.0  # what would be continued into what is not known
    boxes = [(0, SHAPE[0], 40 if t < AT else 0, SHAPE[1]) for t in range(COUNT)]
    matte = mask[..., None].astype(np.float32)
    out, _ = render(Deblotch, Plate(clip, boxes, matte), AT, {"matte": "add"})
    assert np.sqrt(((out - scene[AT])[mask] ** 2).mean()) < 0.02


def test_texture_is_taken_from_known_pixels_alone(scene: Array) -> None:
    gains = np.where(np.arange(COUNT) % 2 == AT % 2, 1.6, 0.9)[:, None, None, None]
    clip = np.clip(np.round(scene * gains * 1.2 * 255), 0, 255).astype(np.uint8)

    def textured(boxes: list[Box]) -> Array:
        plate = Plate(clip, boxes)
        plain, found = (
            render(Deflicker, plate, AT, {"method": "learned", "stage_local": amount})[0]
            for amount in (0.0, 1.0)
        )
        return np.asarray(plain != found)

    assert textured([WHOLE] * COUNT)[:, :30].any()
    changed = textured(narrowed(40))
    assert changed[:, 60:].any()
    assert not changed[:, :40].any()


@pytest.mark.parametrize("effect", [Deflicker, Deblotch, Restore])
def test_a_neighbour_of_another_part_of_the_plane_is_left_out_and_told(
    flickering: Array, effect: type[Effect]
) -> None:
    boxes = [WHOLE if t in (AT - 1, AT) else (0, SHAPE[0], 90, 160) for t in range(COUNT)]
    _, notice = render(effect, Plate(flickering, boxes), AT)
    n_out = {Deblotch: 2, Restore: 2, Deflicker: 2}[effect]
    assert notice.startswith(f"{n_out} neighbours hold less than half of this frame's picture")
    _, silent = render(effect, Plate(flickering, BOXES["all edges"]), AT)
    assert "neighbours" not in silent
