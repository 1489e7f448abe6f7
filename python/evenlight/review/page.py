# SPDX-License-Identifier: Apache-2.0
"""The page, as one file with everything inside or as a process serves it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import MediaError
from ..io.files import check_folder, refuse_existing, writing
from ..report.page import template
from ..report.pictures import address
from .review import Card, Review, doubt

#: Blotches that a page shows, those that are doubtful first: served, and as a file with pictures.
MOST_SERVED, MOST_INSIDE = 5000, 400
#: Whole frames inside a file.
_FRAMES = 30


def served_page(review: Review) -> str:
    """The page, whose pictures come from the process that serves it."""
    cards = sorted(review.cards, key=doubt)
    data = review.data(cards[:MOST_SERVED])
    return _page(review, data | {"served": True}, len(cards))


def write_page(
    review: Review,
    path: Path,
    *,
    overwrite: bool = False,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> str:
    """Write a page with everything inside; gives the sentence on what it holds.

    `told` hears how many pictures are made, and of how many. Raises MediaError where it cannot be
    written.
    """
    if not overwrite:
        refuse_existing(path)
    check_folder(path)
    if path.resolve() == review.path.resolve():
        raise MediaError(f"{path} is the repairs file itself; write the page to another name")
    cards = sorted(review.cards, key=doubt)
    inside = cards[:MOST_INSIDE]
    counted = Counter(card.entry.frame for card in inside)
    whole = [number for number, _ in counted.most_common(_FRAMES)]
    data = review.data(inside) | {"served": False, "pictures": {}, "wholes": {}}
    # By frame, so that each is rendered once.
    for done, card in enumerate(sorted(inside, key=lambda card: card.entry.frame)):
        told(done, len(inside))
        data["pictures"][card.line] = [address(one) for one in review.card_pictures(card)]
        number = card.entry.frame
        if number in whole and number not in data["wholes"]:
            data["wholes"][number] = address(review.frame_picture(number))
    html = _page(review, data, len(cards))
    with writing(path):
        path.write_text(html, encoding="utf-8")
    return _sentence(cards, len(inside))


def _page(review: Review, data: dict[str, Any], total: int) -> str:
    found = sorted(review.cards, key=doubt)
    return template("review/page.html").render(
        title=review.repairs.header.clip,
        sentence=_sentence(found, min(total, len(data["cards"]))),
        served=data["served"],
        data=_inside_script(data),
    )


def _sentence(cards: list[Card], n_shown: int) -> str:
    repaired = sum(card.entry.blotch.repaired for card in cards)
    frames = len({card.entry.frame for card in cards})
    told = f"{repaired} repairs and {len(cards) - repaired} spots left alone, in {frames} frames"
    if n_shown < len(cards):
        told += f"; the {n_shown} most doubtful are shown"
    return told


def _inside_script(data: dict[str, Any]) -> str:
    """Data as JSON that ends no script whatever a clip is called."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
