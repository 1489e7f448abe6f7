# SPDX-License-Identifier: Apache-2.0
"""The networks that belong to this version: the digest of each file, and the name on its card.

A file that was cut short is refused by ONNX Runtime; one in which a weight was damaged, or that
stands where another should, is not, and renders other pixels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from ..errors import ModelError
from .cards import ModelCard

#: Beside this module, so that whoever replaces the networks does not replace the list as well.
FILE = "networks.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file."""

    card: str  # the name on its card
    sha256: str


def shipped() -> dict[str, Entry]:
    """The entries by file name; raises ModelError where the list cannot be read."""
    try:
        stored = json.loads((files(__package__) / FILE).read_text(encoding="utf-8"))
        return {name: Entry(**entry) for name, entry in stored.items()}
    except (OSError, TypeError, ValueError) as error:
        raise ModelError(
            f"the list of networks cannot be read ({error}); install Evenlight again"
        ) from error


def check_content(file: str, content: bytes) -> None:
    """Raise ModelError where `content` is not what this version ships as `file`."""
    entry = shipped().get(file)
    if entry is None:
        raise ModelError(f"the model {file} is none of this version's; install Evenlight again")
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise ModelError(
            f"the model {file} is damaged or of another version; install Evenlight again"
        )


def check_card(file: str, card: ModelCard) -> None:
    """Raise ModelError where the card of `file` names another network."""
    entry = shipped()[file]
    if card.name != entry.card:
        raise ModelError(
            f"the model {file} holds {card.name} where {entry.card} should be; install Evenlight "
            "again"
        )


def listing(cards: Mapping[Path, ModelCard]) -> str:
    """The list of these files, as the package holds it; for the export."""
    entries = {
        path.name: asdict(Entry(card.name, hashlib.sha256(path.read_bytes()).hexdigest()))
        for path, card in sorted(cards.items())
    }
    return json.dumps(entries, indent=1) + "\n"
