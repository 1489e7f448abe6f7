# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.frames import Array, ArrayFrame
from evenlight.placement import Neighbours, PlacedFrame, known_cells, known_part

#: A plane of 20 rows and 30 columns; every pixel says where it is.
PLANE: Array = (100 * np.arange(20)[:, None] + np.arange(30)).astype(np.float32)[..., None]


def part(top: int, bottom: int, left: int, right: int, name: str = "") -> ArrayFrame:
    return ArrayFrame(PLANE[top:bottom, left:right], name, corner=(left, 20 - top))


CENTRE = part(4, 16, 5, 25)


@pytest.mark.parametrize("box", [(2, 18, 3, 28), (6, 16, 5, 22), (0, 13, 9, 30), (8, 20, 0, 24)])
def test_what_is_known_is_the_plane_and_the_rest_is_the_edge(
    box: tuple[int, int, int, int],
) -> None:
    placed = Neighbours(CENTRE).place(part(*box), 1.0)
    assert placed is not None
    assert placed.shape == CENTRE.shape
    assert placed.corner == CENTRE.corner
    top, bottom, left, right = box
    rows = np.clip(np.arange(4, 16), top, bottom - 1)
    columns = np.clip(np.arange(5, 25), left, right - 1)
    pixels = placed.pixels()
    np.testing.assert_array_equal(pixels, PLANE[np.ix_(rows, columns)])
    assert not pixels.flags.writeable
    known = np.zeros(CENTRE.shape[:2], bool)
    known[known_part(placed) or ...] = True
    inside = (rows == np.arange(4, 16))[:, None] & (columns == np.arange(5, 25))
    np.testing.assert_array_equal(known, inside)
    np.testing.assert_array_equal(placed.rows(1), pixels)


@pytest.mark.parametrize("step", [2, 3, 5, 40])
def test_rows_are_the_nearest_that_the_frame_gives(step: int) -> None:
    own = part(1, 19, 5, 25)
    placed = PlacedFrame(own, CENTRE.shape, CENTRE.corner)
    wanted, given = CENTRE.rows(step), placed.rows(step)
    assert given.shape == wanted.shape
    assert np.abs(given - wanted).max() <= 100 * (step // 2 if step < 12 else 12)
    assert set(given[:, 0, 0]) <= set(own.rows(step)[:, 0, 0])


def test_a_frame_of_the_same_bounds_is_itself() -> None:
    same = part(4, 16, 5, 25, "same")
    neighbours = Neighbours(CENTRE)
    assert neighbours.place(same, 1.0) is same
    assert neighbours.place(None, 2.0) is None
    assert known_part(same) is None
    assert known_cells(same, (3, 4)) is None
    assert neighbours.notice == ""


def test_a_frame_that_covers_all_is_all_known() -> None:
    placed = Neighbours(CENTRE).place(part(0, 20, 0, 30), 1.0)
    assert isinstance(placed, PlacedFrame)
    assert known_part(placed) is None


def test_names_tell_the_places_apart() -> None:
    one = PlacedFrame(part(2, 18, 3, 28, "a"), CENTRE.shape, CENTRE.corner)
    other = PlacedFrame(part(3, 19, 3, 28, "a"), CENTRE.shape, CENTRE.corner)
    again = PlacedFrame(part(2, 18, 3, 28, "a"), CENTRE.shape, CENTRE.corner)
    assert one.identifier == again.identifier != other.identifier
    assert PlacedFrame(part(2, 18, 3, 28), CENTRE.shape, CENTRE.corner).identifier == ""


def test_cells_are_known_where_all_of_their_pixels_are() -> None:
    placed = PlacedFrame(part(6, 16, 5, 22), CENTRE.shape, CENTRE.corner)
    cells = known_cells(placed, (4, 5))  # of 3 rows and 4 columns
    assert cells is not None
    np.testing.assert_array_equal(cells[0], [False] * 5)
    np.testing.assert_array_equal(cells[1:], [[True] * 4 + [False]] * 3)
    region = known_cells(placed, (2, 2), (slice(2, 12), slice(0, 10)))
    assert region is not None
    assert region.all()


def test_what_holds_too_little_is_left_out_and_told() -> None:
    neighbours = Neighbours(CENTRE)
    assert neighbours.place(part(4, 16, 5, 15), 1.0) is not None  # half
    assert neighbours.place(part(4, 16, 5, 14), 2.0) is None
    assert neighbours.place(part(16, 20, 0, 30), 3.0) is None  # nothing
    assert neighbours.place(part(4, 16, 5, 14), 2.0) is None
    grey = ArrayFrame(np.repeat(CENTRE.array, 3, axis=2), corner=CENTRE.corner)
    assert neighbours.place(grey, 4.0) is None
    assert neighbours.notice == (
        "3 neighbours hold less than half of this frame's picture, or other channels, and were "
        "left out"
    )
