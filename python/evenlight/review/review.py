# SPDX-License-Identifier: Apache-2.0
"""The review of a repairs file: its lines, its cards, and the file itself."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RepairsError
from ..io import open_clip
from ..io.files import Claim, writing
from ..listing import Kind
from ..regular_file import read_regular
from ..repairs.entry import Entry, entry_of
from ..repairs.file import MOST_BYTES, Repairs, parsed
from ..report.pictures import CROP, MARGIN, around, jpeg
from .pictures import Pictures

#: Width of a whole frame on the page, pixels.
WIDEST = 960


@dataclass(frozen=True, slots=True)
class Card:
    """One blotch on the page."""

    line: int  # of the file, from 0
    entry: Entry

    @property
    def box(self) -> tuple[int, int, int, int]:
        """X, y, width and height of its outline."""
        xs = [x for ring in self.entry.blotch.outline for x in ring[::2]]
        ys = [y for ring in self.entry.blotch.outline for y in ring[1::2]]
        return min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1

    @property
    def why(self) -> str:
        """Reason why it was repaired, or left alone."""
        blotch = self.entry.blotch
        size = f"{blotch.kind}, {self.box[2]} x {self.box[3]} pixels"
        if blotch.score is None:
            return size
        likely = 1 / (1 + math.exp(-max(-50.0, min(50.0, blotch.score))))
        told = f"{100 * likely:.0f} % likely dirt"
        return f"{size}, {told}" if blotch.repaired else f"{size}, left alone: {told}"


class Review:
    """A repairs file and its clip, open; safe to share between threads."""

    def __init__(self, path: Path, clip: Path) -> None:
        """Raises RepairsError where the file cannot be used or the clip is another one."""
        self.path = path
        self._lock = threading.Lock()
        try:
            text = read_regular(path, MOST_BYTES).decode()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RepairsError(f"{path} cannot be read: {reason}") from error
        self.lines, self.repairs = self._parsed(text)
        # Neighbours of a few frames are all that repairs need.
        self._reader = open_clip(clip, look_around=16)
        self.pictures = Pictures(self._reader, self.repairs, path)

    def close(self) -> None:
        """Let go of the clip."""
        self._reader.close()

    @property
    def cards(self) -> list[Card]:
        """The blotches of the frames that the clip has."""
        size, cards = self.repairs.header.size, []
        for number, line in enumerate(self.lines):
            if '"outline"' in line:
                entry = entry_of(json.loads(line), size)
                if self.pictures.has(entry.frame):
                    cards.append(Card(number, entry))
        return cards

    @property
    def frames(self) -> list[int]:
        """Numbers of the listed frames that the clip has."""
        return [number for number in self.repairs.frames if self.pictures.has(number)]

    def save(self, text: str) -> None:
        """Write the file anew; raises RepairsError where the text is none of this clip's."""
        lines, repairs = self._parsed(text)
        if repairs.frames != self.repairs.frames or repairs.header != self.repairs.header:
            raise RepairsError(f"this is another file than {self.path}; nothing was written")
        with self._lock:
            claim = Claim(self.path)
            try:
                with writing(self.path):
                    whole = "".join(line + "\n" for line in lines if line)
                    claim.partial.write_text(whole, encoding="utf-8")
                claim.publish(durable=True)
            finally:
                claim.drop()
            self.lines, self.repairs = lines, repairs
            self.pictures.forget()

    def card_pictures(self, card: Card) -> tuple[bytes, bytes]:
        """The surroundings of a blotch before and after, JPEG."""
        with self._lock:
            pair = self.pictures.before(card.entry.frame), self.pictures.after(card.entry.frame)
        part = around(card.box, pair[0].shape)
        before, after = (jpeg(picture[part], (CROP, CROP)) for picture in pair)
        return before, after

    def card_at(self, line: int) -> Card | None:
        """The card of a line; None where it holds none."""
        if not 0 <= line < len(self.lines) or '"outline"' not in self.lines[line]:
            return None
        card = Card(line, entry_of(json.loads(self.lines[line]), self.repairs.header.size))
        return card if self.pictures.has(card.entry.frame) else None

    def frame_picture(self, number: int) -> bytes:
        """A whole frame with its repairs, JPEG."""
        with self._lock:
            picture = self.pictures.after(number)
        height, width = picture.shape[:2]
        shown = min(width, WIDEST)
        return jpeg(picture, (shown, max(1, round(height * shown / width))))

    def data(self, cards: list[Card]) -> dict[str, Any]:
        """All that the page needs beside its pictures."""
        height, width = self.repairs.header.size
        return {
            "file": self.path.name,
            "width": width,
            "height": height,
            "lines": self.lines,
            "frames": self.frames,
            "cards": [{"line": card.line, "box": card.box, "why": card.why} for card in cards],
            "crop": CROP,
            "margin": MARGIN,
        }

    def _parsed(self, text: str) -> tuple[list[str], Repairs]:
        lines = text.split("\n")
        return lines, parsed((line.encode() for line in lines), str(self.path))


def doubt(card: Card) -> tuple[float, int]:
    """Order of cards: what a person should look at first, first."""
    entry = card.entry
    if entry.blotch.kind is Kind.ADDED or entry.blotch.score is None:
        return 0.0, card.line
    return abs(entry.blotch.score), card.line
