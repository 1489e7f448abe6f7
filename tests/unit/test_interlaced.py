# SPDX-License-Identifier: Apache-2.0
"""Fields of frames, and effects over them: each field is a frame in time."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.engine import Clip, Request, frames_needed, open_effect, process
from evenlight.frames import Array, ArrayFrame, Frame
from evenlight.inference.sessions import Sessions
from evenlight.interlaced import FieldChoice, FieldFrame, Fields, FieldServer
from evenlight.params import param_specs

HEIGHT, WIDTH, FRAMES = 96, 128, 16


@dataclass
class Served:
    """A clip, and the times that were asked for."""

    frames: Array
    asked: list[float] = field(default_factory=list)

    def fetch(self, clip: int, time: float) -> Frame | None:
        self.asked.append(time)
        if clip != Clip.SOURCE or not 0 <= time < len(self.frames):
            return None
        return ArrayFrame(self.frames[round(time)], f"served {id(self)}:{time:g}")

    def aborted(self) -> bool:
        return False


@pytest.fixture(scope="module")
def scene() -> Array:
    """A still scene that a bright disc crosses, woven of fields of two times (T, H, W, 3) uint8."""
    rng = np.random.default_rng(2)
    ground = cv2.GaussianBlur(rng.uniform(0, 255, (HEIGHT, WIDTH, 3)), (0, 0), 3)
    ground = np.clip(110 + 4 * (ground - ground.mean()), 30, 190)
    bright = cv2.GaussianBlur(
        cv2.circle(np.zeros((HEIGHT, WIDTH, 3)), (30, 40), 14, (0.5,) * 3, -1), (0, 0), 3
    )
    fields = []
    for time in range(2 * FRAMES):
        shift = np.float32([[1, 0, time], [0, 1, 0]])
        moved = cv2.warpAffine(bright, shift, (WIDTH, HEIGHT))
        fields.append(ground * (1 - moved) + 180 * moved)
    woven = np.array(fields[::2])
    woven[:, 1::2] = np.array(fields[1::2])[:, 1::2]
    return np.round(woven).astype(np.uint8)


def lit(woven: Array, gains: Array) -> Array:
    """The clip with a gain for each of its fields (2 T,), the upper ones first."""
    rows = np.ones((len(woven), HEIGHT, 1, 1))
    rows[:, 0::2, 0, 0], rows[:, 1::2, 0, 0] = gains[0::2, None], gains[1::2, None]
    return np.round(np.clip(woven * rows, 0, 255)).astype(np.uint8)


def rendered(effect: type[Effect], clip: Array, fields: Fields, **values: object) -> Array:
    given = {spec.name: spec.default for spec in param_specs(effect.params)} | values
    before, after = effect.window.reach(given)
    instance, out = open_effect(effect.identifier, Sessions()), np.empty_like(clip)
    for number in range(len(clip)):
        request = Request(float(number), before, after, values=values, fields=fields)
        process(instance, Served(clip), out[number], request)
    return out


def apart(clip: Array) -> Array:
    """Mean of the odd less that of the even rows (T,), in levels."""
    rows = clip.mean(axis=(2, 3))
    return np.asarray(rows[:, 1::2].mean(axis=1) - rows[:, 0::2].mean(axis=1))


@pytest.mark.parametrize("effect", [Deflicker, Restore])
def test_fields_of_different_light_come_out_in_one_light(
    scene: Array, effect: type[Effect]
) -> None:
    gains = np.random.default_rng(5).uniform(0.85, 1.1, 2 * FRAMES)
    flickering = lit(scene, gains)
    assert np.abs(apart(flickering) - apart(scene)).mean() > 6
    left = np.abs(apart(rendered(effect, flickering, Fields.UPPER_FIRST)) - apart(scene))
    assert left.mean() < 1
    as_frames = np.abs(apart(rendered(effect, flickering, Fields.NONE)) - apart(scene))
    assert as_frames.mean() > 6, "nothing that the test measures is repaired in frames"


@pytest.mark.parametrize("effect", [Deflicker, Deblotch, Restore])
def test_clean_fields_come_back_bit_for_bit(scene: Array, effect: type[Effect]) -> None:
    assert np.array_equal(rendered(effect, scene, Fields.UPPER_FIRST), scene)


def test_dirt_in_both_fields_of_a_frame_is_repaired(scene: Array) -> None:
    dirty = scene.copy()
    dirty[8, 60:70, 90:102] = 5
    repaired = rendered(Deblotch, dirty, Fields.UPPER_FIRST)
    assert np.abs(repaired[8, 60:70, 90:102].astype(int) - scene[8, 60:70, 90:102]).mean() < 6
    assert np.array_equal(np.delete(repaired, 8, axis=0), np.delete(scene, 8, axis=0))


def test_a_window_of_a_frame_is_that_part_of_the_frame(scene: Array) -> None:
    gains = np.random.default_rng(5).uniform(0.85, 1.1, 2 * FRAMES)
    flickering = lit(scene, gains)
    instance, server = open_effect(Deflicker.identifier, Sessions()), Served(flickering)
    whole, part = np.empty_like(flickering[7]), np.empty((31, 40, 3), np.uint8)
    request = Request(7.0, 8, 8, values={"radius": 8}, fields=Fields.LOWER_FIRST)
    process(instance, server, whole, request)
    for row in (10, 11):
        moved = Request(7.0, 8, 8, (row, 20), values={"radius": 8}, fields=Fields.LOWER_FIRST)
        process(instance, server, part, moved)
        assert np.array_equal(part, whole[row : row + 31, 20:60])


@pytest.mark.parametrize(
    ("height", "top", "upper", "first"),
    [(6, 0, True, 0), (6, 0, False, 1), (6, 6, True, 0), (5, 5, True, 1), (5, 5, False, 0)],
)
def test_the_upper_field_has_the_odd_lines_from_the_bottom(
    height: int, top: int, upper: bool, first: int
) -> None:
    rows = np.arange(height, dtype=np.float32)[:, None, None] * np.ones((1, 2, 3), np.float32)
    frame = FieldFrame(ArrayFrame(rows, "a", corner=(4, top)), upper)
    assert frame.pixels()[:, 0, 0].tolist() == list(range(first, height, 2))
    assert frame.shape == (len(range(first, height, 2)), 2, 3)
    assert frame.rows(2)[:, 0, 0].tolist() == frame.pixels()[1::2, 0, 0].tolist()
    lines = [top - 1 - row for row in range(first, height, 2)]
    assert all(line % 2 == upper for line in lines)
    assert frame.corner == (4, lines[0] // 2 + 1)


def test_the_two_fields_of_a_frame_have_names_of_their_own() -> None:
    frame = ArrayFrame(np.zeros((4, 4, 3), np.float32), "a")
    assert FieldFrame(frame, True).identifier != FieldFrame(frame, False).identifier
    nameless = ArrayFrame(np.zeros((4, 4, 3), np.float32))
    assert FieldFrame(nameless, True).identifier == ""


def test_fields_follow_each_other_in_their_order_and_each_frame_is_fetched_for_them() -> None:
    served = Served(np.arange(8, dtype=np.float32)[:, None, None, None] * np.ones((1, 4, 4, 3)))
    fields = FieldServer(served.fetch, served.aborted, Fields.LOWER_FIRST, 3.0)
    seen = [fields.field(Clip.SOURCE, time) for time in (5, 6, 7, 8)]
    assert [(f.pixels()[0, 0, 0], f.upper) for f in seen if f] == [
        (2, True), (3, False), (3, True), (4, False),
    ]  # fmt: skip
    assert served.asked == [2, 3, 4], "the frame itself once for both of its fields"
    assert fields.fetch(Clip.SOURCE, -1) is None
    assert fields.fetch(Clip.MASK, 6) is None


def test_marks_hold_for_the_first_field_and_offsets_count_fields() -> None:
    request = Request(
        5.0, 2, 1, (3, 4), "srgb",
        {"cut_here": [0.0, 1.0, 0.0, 1.0], "strength": 0.5, "analysis_offset": 7},
        fields=Fields.UPPER_FIRST,
    )  # fmt: skip
    first, second = request.of_field(0), request.of_field(1)
    assert (first.time, second.time) == (10, 11)
    assert (first.before, first.after, first.stride) == (4, 2, 2)
    assert first.fields is Fields.NONE
    assert first.values["cut_here"] == [0, 0, 1, 0, 0, 0, 1]
    assert second.values["cut_here"] == [0, 1, 0, 0, 0, 1, 0]
    assert second.values["analysis_offset"] == 14
    assert second.values["strength"] == 0.5


def test_no_frame_beyond_the_window_is_read_for_fields(scene: Array) -> None:
    instance, server = open_effect(Restore.identifier, Sessions()), Served(scene)
    request = Request(8.0, 2, 2, values={"radius": 2}, fields=Fields.UPPER_FIRST)
    process(instance, server, np.empty_like(scene[8]), request)
    assert set(server.asked) == {6, 7, 8, 9, 10}
    assert frames_needed(instance, request).before == 2


def test_a_choice_stands_over_what_the_file_says() -> None:
    assert FieldChoice.AUTO.order(Fields.LOWER_FIRST) is Fields.LOWER_FIRST
    assert FieldChoice.OFF.order(Fields.LOWER_FIRST) is Fields.NONE
    assert FieldChoice.UPPER_FIRST.order(Fields.NONE) is Fields.UPPER_FIRST
