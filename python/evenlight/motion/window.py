# SPDX-License-Identifier: Apache-2.0
"""The frames of one shot around the current one, as far as the temporal window reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .links import Link
from .preview import Preview

#: Share of the frames that must differ from the one before for repeated ones to be left out; where
#: fewer do, the picture simply stands still.
_HELD_SHARE = 1 / 3

#: Gives the preview at an offset from the current frame, or None where there is no such frame.
Look = Callable[[int], Preview | None]
#: Gives the link between two previews, the earlier first.
Follow = Callable[[Preview, Preview], Link]
#: Whether the user marked the frame at an offset as the first of a new shot.
Marked = Callable[[int], bool]


class Cuts(StrEnum):
    """Where the window ends."""

    AUTO = "auto"
    MARKED = "marked"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A frame of the window and the way to it from the one before on its side."""

    offset: int
    preview: Preview
    link: Link  # between this frame and the one nearer to the centre, the earlier first


@dataclass(frozen=True, slots=True)
class Window:
    """The current frame with its neighbours, nearest first, on either side."""

    centre: Preview
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]

    @property
    def shot(self) -> list[Neighbour]:
        """All frames in order of time, the centre as its own neighbour, which has no link."""
        centre = Neighbour(0, self.centre, None)  # type: ignore[arg-type]
        return [*self.before[::-1], centre, *self.after]

    def nearest(self, count: int) -> Window:
        """The frame with so many of its neighbours; where a side ends, more of the other."""
        around = sorted((*self.before, *self.after), key=lambda n: (abs(n.offset), n.offset))
        taken = {neighbour.offset for neighbour in around[:count]}
        before, after = (
            tuple(n for n in side if n.offset in taken) for side in (self.before, self.after)
        )
        return Window(self.centre, before, after)

    @property
    def digest(self) -> tuple[tuple[int, bytes], ...]:
        """Equal for equal windows: what stands at each offset, in order of time."""
        around = [(neighbour.offset, neighbour.preview.digest) for neighbour in self.before[::-1]]
        around.append((0, self.centre.digest))
        return (
            *around,
            *((neighbour.offset, neighbour.preview.digest) for neighbour in self.after),
        )


def recentred(shot: Sequence[Neighbour], index: int, radius: int | None = None) -> Window:
    """The window of another frame of a shot, which is in order of time, as far as the shot goes.

    With `radius` it ends after so many frames on each side.
    """
    here = shot[index].offset

    def link_after(i: int) -> Neighbour:  # the neighbour that carries the link i -> i + 1
        return shot[i] if shot[i].offset < 0 else shot[i + 1]

    before = [
        Neighbour(shot[i].offset - here, shot[i].preview, link_after(i).link)
        for i in range(index - 1, -1, -1)
    ]
    after = [
        Neighbour(shot[i].offset - here, shot[i].preview, link_after(i - 1).link)
        for i in range(index + 1, len(shot))
    ]
    sides = [
        tuple(n for n in side if radius is None or abs(n.offset) <= radius)
        for side in (before, after)
    ]
    return Window(shot[index].preview, sides[0], sides[1])


def gather(
    look: Look, follow: Follow, marked: Marked, before: int, after: int, *, find_cuts: bool
) -> Window | None:
    """Walk outwards from the current frame until the clip, the shot or the window ends.

    None where the current frame itself is missing. A single frame that fits neither neighbour
    (burnt, torn, a flash of another picture) is stepped over when the two fit each other. Of a
    frame that is shown several times, as where film runs slower than video, one stands for all.
    """
    centre = look(0)
    if centre is None:
        return None
    sides = [
        _walk(centre, look, follow, marked, sign, reach, find_cuts)
        for sign, reach in ((-1, before), (1, after))
    ]
    moving = [[neighbour for neighbour in side if not neighbour.link.is_held] for side in sides]
    if sum(map(len, moving)) >= _HELD_SHARE * sum(map(len, sides)):
        sides = moving
    return Window(centre, tuple(sides[0]), tuple(sides[1]))


def _walk(
    centre: Preview,
    look: Look,
    follow: Follow,
    marked: Marked,
    sign: int,
    reach: int,
    find_cuts: bool,
) -> list[Neighbour]:
    found: list[Neighbour] = []
    here, skipped = centre, False
    for distance in range(1, reach + 1):
        # A mark on a frame separates it from the frame before it.
        if marked(sign * distance if sign > 0 else sign * (distance - 1)):
            break
        there = look(sign * distance)
        if there is None or there.colour.shape != here.colour.shape:
            break
        bond = follow(here, there) if sign > 0 else follow(there, here)
        if find_cuts and not bond.same_shot:
            if skipped:
                break
            skipped = True
            continue
        found.append(Neighbour(sign * distance, there, bond))
        here, skipped = there, False
    return found
