# SPDX-License-Identifier: Apache-2.0
"""The walk through the window, on frames that are no more than a letter and a size."""

from __future__ import annotations

from collections.abc import Container

import numpy as np

from evenlight.motion.light_change import LightChange
from evenlight.motion.links import Link
from evenlight.motion.preview import Preview, is_held
from evenlight.motion.window import Window, gather


def frame(shot: str, width: int = 4, level: float = 0.0) -> Preview:
    colour = np.full((2, width, 3), level, np.float32)
    return Preview(colour, np.zeros((2, width)), shot.encode())


def follow(first: Preview, second: Preview) -> Link:
    still = np.zeros((2, 4, 2), np.float32)
    return Link(
        still,
        still,
        first.digest == second.digest,
        LightChange(np.zeros(3), np.zeros(3), 0.0, 0.0),
        is_held(first, second),
    )


def walk(
    clip: str | list[Preview | None],
    here: int,
    radius: int,
    *,
    marks: Container[int] = (),
    find_cuts: bool = True,
) -> Window | None:
    frames = [frame(c) if isinstance(c, str) else c for c in clip]

    def look(offset: int) -> Preview | None:
        return frames[here + offset] if 0 <= here + offset < len(frames) else None

    return gather(
        look, follow, lambda offset: here + offset in marks, radius, radius, find_cuts=find_cuts
    )


def reached(window: Window | None) -> tuple[list[int], list[int]]:
    assert window is not None
    return [n.offset for n in window.before], [n.offset for n in window.after]


def test_the_window_reaches_as_far_as_the_radius() -> None:
    assert reached(walk("aaaaaaa", 3, 2)) == ([-1, -2], [1, 2])


def test_the_window_ends_where_the_clip_does() -> None:
    assert reached(walk("aaaa", 0, 9)) == ([], [1, 2, 3])
    assert reached(walk("aaaa", 3, 9)) == ([-1, -2, -3], [])
    assert reached(walk("a", 0, 9)) == ([], [])


def test_the_nearest_frames_are_of_one_side_where_the_other_ends() -> None:
    middle, early = walk("a" * 9, 4, 4), walk("a" * 9, 1, 8)
    assert middle is not None
    assert early is not None
    assert reached(middle.nearest(4)) == ([-1, -2], [1, 2])
    assert reached(early.nearest(4)) == ([-1], [1, 2, 3])


def test_there_is_no_window_without_a_frame() -> None:
    assert walk("aa", 5, 3) is None


def test_a_cut_is_not_crossed() -> None:
    assert reached(walk("aaabbb", 2, 5)) == ([-1, -2], [])
    assert reached(walk("aaabbb", 3, 5)) == ([], [1, 2])


def test_a_cut_is_crossed_when_nobody_looks_for_it() -> None:
    assert reached(walk("aaabbb", 2, 5, find_cuts=False)) == ([-1, -2], [1, 2, 3])


def test_a_lone_strange_frame_is_stepped_over() -> None:
    assert reached(walk("aaxaa", 1, 5)) == ([-1], [2, 3])
    assert reached(walk("aaxaa", 3, 5)) == ([-2, -3], [1])


def test_two_strange_frames_end_the_shot() -> None:
    assert reached(walk("aaxyaa", 1, 5)) == ([-1], [])


def test_a_strange_frame_itself_stands_alone() -> None:
    assert reached(walk("aaxaa", 2, 5)) == ([], [])


def test_a_mark_starts_a_shot_on_the_frame_it_is_on() -> None:
    assert reached(walk("aaaaaa", 2, 5, marks={3})) == ([-1, -2], [])
    assert reached(walk("aaaaaa", 3, 5, marks={3})) == ([], [1, 2])
    assert reached(walk("aaaaaa", 5, 5, marks={3})) == ([-1, -2], [])


def test_a_missing_frame_and_another_size_end_the_window() -> None:
    assert reached(walk([frame("a"), None, frame("a"), frame("a")], 2, 5)) == ([], [1])
    assert reached(walk([frame("a", 5), frame("a"), frame("a")], 2, 5)) == ([-1], [])


def test_of_a_frame_shown_twice_one_stands_for_both() -> None:
    clip = [frame("a", level=level) for level in (0, 0, 0.1, 0.1, 0.2, 0.2)]
    assert reached(walk(clip, 2, 5)) == ([-1], [2])
    assert reached(walk(clip, 3, 5)) == ([-2], [1])


def test_a_picture_that_stands_still_is_looked_at_whole() -> None:
    clip = [frame("a", level=level) for level in (0, 0, 0, 0, 0, 0.5, 0, 0)]
    assert reached(walk(clip, 2, 5)) == ([-1, -2], [1, 2, 3, 4, 5])
