# SPDX-License-Identifier: Apache-2.0
"""Nouns that every other module uses: frame, source of frames, request for a render."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .listing import Listing

Array = npt.NDArray[Any]

#: Pixel types that a frame may have. Integers mean 0..1 scaled to their full range.
DEPTHS = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float16), np.dtype(np.float32))

#: Rows, and pixels of each, that are sampled to hold an image to its name.
SAMPLES = 64


class Frame(Protocol):
    """One image of a clip, row 0 on top. Its pixels may live elsewhere until they are asked for."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels (1 alpha or grey, 3 RGB, 4 RGBA)."""

    @property
    def identifier(self) -> str:
        """A name that only equal images bear within one session; empty where there is none.

        Hosts were seen to give one name to many images, so a name from a host counts together with
        a sample of the pixels (`sampled`), and only as the key under which a reading is saved.
        """

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""

    @property
    def corner(self) -> tuple[int, int]:
        """Place in the plane, pixels of the render scale: x of the left, y of the top edge."""

    def pixels(self) -> Array:
        """The whole image, (H, W, C), one of `DEPTHS`, read-only, valid while `process` runs."""

    def rows(self, step: int) -> Array:
        """Rows step // 2, step // 2 + step, ... of the image: far fewer bytes to move."""


class FrameSource(Protocol):
    """Source of frames by time for an effect; it serves the thread that called `process`."""

    def fetch(self, time: float) -> Frame | None:
        """The source at `time`, or None where the clip has no frame then."""

    def fetch_mask(self, time: float) -> Frame | None:
        """The mask at `time`, or None where none is connected."""

    def aborted(self) -> bool:
        """Whether the host no longer wants this frame."""


@dataclass(frozen=True, slots=True)
class ArrayFrame:
    """A frame whose pixels are at hand."""

    array: Array  # (H, W, C)
    identifier: str = ""
    premultiplied: bool = False
    corner: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        """Hold the image to its name."""
        if self.identifier:
            object.__setattr__(self, "identifier", sampled(self.identifier, self.array))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        height, width, channels = self.array.shape
        return height, width, channels

    def pixels(self) -> Array:
        """The array itself."""
        return self.array

    def rows(self, step: int) -> Array:
        """Every `step`-th row, at least one."""
        return self.array[every_row(self.array.shape[0], step)]


@dataclass(frozen=True, slots=True)
class HostImage(ArrayFrame):
    """An image of a host, whose name the plug-in has held to its pixels already."""

    def __post_init__(self) -> None:
        """Leave the name as it is."""


def every_row(height: int, step: int) -> slice:
    """The rows that `Frame.rows` gives of a picture of `height`, at least one."""
    return slice(step // 2, None, step) if height > step // 2 else slice(0, 1)


def sampled(name: str, array: Array) -> str:
    """A name of an image (H, W, C) with a digest of 64 x 64 of its pixels."""
    height, width = array.shape[:2]
    some = array[:: max(1, height // SAMPLES), :: max(1, width // SAMPLES)]
    digest = hashlib.blake2b(np.ascontiguousarray(some).tobytes(), digest_size=8)
    return f"{name} {digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One frame to be rendered."""

    time: float
    #: Row and column, in the source frame, of the first pixel that is wanted.
    origin: tuple[int, int] = (0, 0)
    #: How the clip's numbers stand for light, as the host tells it; empty where it does not.
    encoding: str = ""
    #: Values of the parameters declared `PerFrame`, at the times of the window (offset 0 = `time`).
    sampled: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    #: What an analysis holds of this frame, where one is used: an `analysis.Search`, which knows
    #: this module and not the other way round.
    search: object = None
    #: Whether no other frame than this one can be had.
    alone: bool = False
    #: Number of the walk along the clip that an analysis takes, so that each frame is read once for
    #: it; 0 for none.
    walk: int = 0
    #: Steps of time from a frame to the next of the same lines: 2 where frames are fields.
    stride: int = 1


#: Rows and columns of the picture by which cuts are seen.
THUMBNAIL = (18, 32)


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a frame from what came in to what came out."""

    before: float  # mean brightness as a screen shows it, levels of 255
    after: float
    touched: float  # share of the pixels of which any value changed, 0..1; above 0 if any did
    picture: bytes = b""  # THUMBNAIL uint8, of what came in


@dataclass(frozen=True, slots=True)
class Outcome:
    """Remarks on a frame that was rendered, beside its pixels."""

    #: A sentence for the user where something is to be known though all went well, or empty.
    notice: str = ""
    #: Whether a network could not run and another method took its place.
    fell_back: bool = False
    #: The blotches of the frame, of each of its fields, or of each stage that looked for some.
    listings: tuple[Listing, ...] = ()
    #: What all effects together changed; None where nobody looked.
    change: Change | None = None

    @classmethod
    def joined(cls, *parts: Outcome) -> Outcome:
        """One outcome of those of several stages; a notice of several is given once."""
        notices = dict.fromkeys(part.notice for part in parts if part.notice)
        return cls(
            ". ".join(notices),
            any(part.fell_back for part in parts),
            tuple(listing for part in parts for listing in part.listings),
        )
