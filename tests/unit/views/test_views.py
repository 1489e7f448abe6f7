# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight.colour.encoding import Encoding
from evenlight.effects.deflicker import Deflicker, DeflickerParams, View
from evenlight.flicker.illumination import divergence, exposure_map, illumination, singular_frames
from evenlight.frames import RenderRequest
from evenlight.views import graph, pictures
from evenlight.views.canvas import WHITE, Canvas
from evenlight.views.deflicker import as_display, put_out

VIEWS = [view for view in View if view is not View.RESULT]


def flickering(rng: np.random.Generator, shape: tuple[int, int, int], depth: type) -> ArrayClip:
    scene = rng.random(shape, np.float32) * 0.5 + 0.2
    scale = np.iinfo(depth).max if np.issubdtype(depth, np.integer) else 1
    gains = (1.0, 0.8, 1.2, 0.7, 1.3, 0.9, 1.1)
    return ArrayClip([(np.clip(scene * gain, 0, 1) * scale).astype(depth) for gain in gains])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("depth", [np.uint8, np.uint16, np.float16, np.float32])
@pytest.mark.parametrize("shape", [(1, 1, 4), (3, 200, 3), (200, 2, 1), (90, 160, 4)], ids=str)
def test_every_view_fits_every_frame(
    rng: np.random.Generator, view: View, depth: type, shape: tuple[int, int, int]
) -> None:
    out = np.zeros(shape, depth)
    params = DeflickerParams(view=view, radius=3)
    Deflicker().process(flickering(rng, shape, depth), RenderRequest(3.0), params, out)
    assert np.isfinite(out.astype(np.float64)).all()
    if shape[2] == 4:
        assert (out[..., 3] == (np.iinfo(depth).max if out.dtype.kind == "u" else 1)).all()


@pytest.mark.parametrize("view", VIEWS)
def test_a_window_of_a_view_is_part_of_the_whole(rng: np.random.Generator, view: View) -> None:
    clip = flickering(rng, (90, 160, 3), np.float32)
    params = DeflickerParams(view=view, radius=3)
    whole, part = np.zeros((90, 160, 3), np.float32), np.zeros((40, 50, 3), np.float32)
    Deflicker().process(clip, RenderRequest(3.0), params, whole)
    Deflicker().process(clip, RenderRequest(3.0, origin=(45, 70)), params, part)
    np.testing.assert_array_equal(part, whole[45:85, 70:120])


@pytest.mark.parametrize("view", VIEWS)
def test_a_clip_of_one_frame_and_bad_numbers_have_views(view: View) -> None:
    frame = np.full((70, 120, 4), 0.5, np.float32)
    frame[10] = [np.nan, np.inf, -np.inf, 1.0]
    frame[11] = [-0.5, 2.0, 1e30, 0.0]
    out = np.zeros_like(frame)
    Deflicker().process(ArrayClip([frame]), RenderRequest(0.0), DeflickerParams(view=view), out)
    assert not np.isnan(out).any()


def test_what_is_left_out_of_the_measurement_is_tinted(rng: np.random.Generator) -> None:
    clip = flickering(rng, (90, 160, 3), np.float32)
    boxed = [frame.copy() for frame in clip.frames]
    for frame in boxed:
        frame[:10] = 0.01
    out = np.zeros((90, 160, 3), np.float32)
    params = DeflickerParams(view=View.MEASURED, radius=3, strength=0.5, region_right=0.75)
    Deflicker().process(ArrayClip(boxed), RenderRequest(3.0), params, out)
    tinted = (out[..., 0] > out[..., 1] + 0.3) & (out[..., 2] > out[..., 1] + 0.2)
    assert tinted[:9].all()
    assert tinted[:60, 122:].all(), "but for the words below"
    assert tinted[16:60, :118].mean() < 0.1, "noise is rarely of its colour"


def test_difference_is_amplified_about_grey() -> None:
    before = np.full((1, 2, 3), 0.4, np.float32)
    after = before + np.array([0.1, -0.1], np.float32)[None, :, None]
    np.testing.assert_allclose(pictures.difference(before, after)[0, :, 0], [0.7, 0.3], atol=1e-6)


def test_correction_colours_tell_the_sign_and_the_size() -> None:
    red, _, blue = pictures.in_colour(np.array([1.0]))[0]
    assert red > blue
    red, _, blue = pictures.in_colour(np.array([-1.0]))[0]
    assert blue > red
    grey = pictures.in_colour(np.array([0.0]))[0]
    assert grey[0] == grey[1] == grey[2]
    np.testing.assert_array_equal(
        pictures.in_colour(np.array([7.0])), pictures.in_colour(np.array([pictures.STOPS]))
    )


def test_half_the_light_is_one_stop() -> None:
    # sRGB 0.5 is 0.21404 of the light, 0.36085 is half of that.
    before, after = np.full((1, 1, 3), 0.5), np.full((1, 1, 3), 0.36085)
    np.testing.assert_allclose(
        pictures.correction(before, after)[0, 0], pictures.in_colour(np.array(-1.0)), atol=1e-3
    )


def test_exposure_map_marks_both_ends() -> None:
    marks = exposure_map(np.array([0.0, 0.049, 0.05, 0.5, 0.8, 0.81, 3.0]))
    np.testing.assert_array_equal(marks, [-1, -1, 0, 0, 0, 1, 1])
    np.testing.assert_allclose(illumination(np.array([[0.1, 0.7, 0.2]])), [0.7])


def test_equal_histograms_do_not_diverge_and_a_clean_clip_has_no_singular_frame(
    rng: np.random.Generator,
) -> None:
    values = rng.random(1000)
    assert divergence(values, values) == 0
    assert divergence(values * 0.7, values) > 0.005
    assert not singular_frames(np.zeros(20)).any()
    assert not singular_frames(rng.random(20) * 0.004).any()
    alone = np.zeros(20)
    alone[7] = 0.1
    np.testing.assert_array_equal(np.flatnonzero(singular_frames(alone)), [7])


def test_a_canvas_covers_only_what_is_drawn() -> None:
    canvas = Canvas(100, 200)
    picture = np.full((100, 200, 3), 2.5, np.float32)  # brighter than white stays so
    np.testing.assert_array_equal(canvas.over(picture), picture)
    canvas.box(20, 30, 40, 60, WHITE, alpha=1.0)
    covered = canvas.over(picture)
    assert (covered[30:60, 20:40] == 1).all()
    covered[30:60, 20:40] = 2.5
    np.testing.assert_array_equal(covered, picture)


def test_words_are_written_where_there_is_room_only() -> None:
    small, large = Canvas(20, 20), Canvas(270, 480)
    for canvas in (small, large):
        canvas.words("0.50", 10, 10)
    assert not small.over(np.zeros((20, 20, 3), np.float32)).any()
    assert large.over(np.zeros((270, 480, 3), np.float32)).any()


def test_the_scope_draws_its_trace_where_the_values_are() -> None:
    canvas = Canvas(540, 960)
    flat = np.tile([0.5, 0.25, 0.5, 0.75], (9, 1))
    offsets = np.arange(-4, 5)
    marks = np.zeros(9, bool)
    trace = graph.Trace(offsets, flat, flat, flat[:, 0], np.zeros(9), marks, 4)
    graph.draw(canvas, trace, lambda value: value)
    drawn = canvas.over(np.full((540, 960, 3), 0.5, np.float32))
    assert (drawn[:200] == 0.5).all(), "the picture above the panel stays as it is"
    green = (drawn[..., 1] > 0.8) & (drawn[..., 0] < 0.45)
    rows = np.flatnonzero(green[:, 200:400].all(axis=1))
    middle = (rows.min() + rows.max()) / 2  # 5 % and 95 % lie evenly about the middle
    yellow = (drawn[..., 0] > 0.95) & (drawn[..., 2] < 0.4)
    mean_rows = np.flatnonzero(yellow[:, 200:400].all(axis=1))
    assert mean_rows.mean() == pytest.approx(middle, abs=2)


def test_the_scope_shows_what_was_called_flicker_and_how_sure_that_is() -> None:
    flat = np.tile([0.5, 0.25, 0.5, 0.75], (9, 1))
    offsets, marks = np.arange(-4, 5), np.zeros(9, bool)

    def pixels(meant: float, certainty: float, ink: tuple[int, int, int]) -> int:
        canvas = Canvas(540, 960)
        sure = np.full(9, certainty)
        graph.draw(
            canvas, graph.Trace(offsets, flat, flat, np.full(9, meant), sure, marks, 4), float
        )
        drawn = canvas.over(np.zeros((540, 960, 3), np.float32))[330:]  # below the words
        return int((np.abs(255 * drawn - ink).max(axis=2) < 2).sum())

    flicker, sure = (190, 70, 150), (235, 235, 235)
    assert pixels(0.5, 0.0, flicker) == 0
    assert pixels(0.3, 0.0, flicker) > 9 * 20
    assert pixels(0.1, 0.0, flicker) > pixels(0.3, 0.0, flicker)
    assert pixels(0.5, 0.0, sure) == 0
    assert pixels(0.5, 1.0, sure) > 1.5 * pixels(0.5, 0.5, sure) > 0


@pytest.mark.parametrize("encoding", [e for e in Encoding if e is not Encoding.AUTO])
def test_display_values_come_back(rng: np.random.Generator, encoding: Encoding) -> None:
    pixels = rng.random((4, 5, 3), np.float32) * 0.8 + 0.1
    out = np.zeros_like(pixels)
    put_out(as_display(pixels, encoding), encoding, out)
    np.testing.assert_allclose(out, pixels, rtol=1e-5, atol=1e-6)


def test_a_shot_seen_from_another_frame_has_the_same_links() -> None:
    from evenlight.motion.window import Neighbour, recentred

    names = {-2: "ab", -1: "bc", 1: "cd", 2: "de"}  # c is the current frame
    shot = [
        Neighbour(k, f"frame {k}", names.get(k))  # type: ignore[arg-type]
        for k in range(-2, 3)
    ]
    for index, before, after in (
        (0, [], ["ab", "bc", "cd", "de"]),
        (1, ["ab"], ["bc", "cd", "de"]),
        (2, ["bc", "ab"], ["cd", "de"]),
        (4, ["de", "cd", "bc", "ab"], []),
    ):
        window = recentred(shot, index)
        assert [n.link for n in window.before] == before
        assert [n.link for n in window.after] == after
        assert [n.offset for n in window.before] == [-i - 1 for i in range(index)]
