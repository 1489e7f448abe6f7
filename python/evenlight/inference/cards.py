# SPDX-License-Identifier: Apache-2.0
"""Model cards: what a network file tells of itself, in its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ModelError

#: Form of the card that this version reads.
CARD_VERSION = 1


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Metadata that travels inside a network file."""

    name: str
    precision: str  # fp32 or fp16
    source: str  # fingerprint of the source and the weights that it was exported from
    made_by: str
    commit: str
    seed: int
    data: tuple[str, ...]
    licences: str
    figures: Mapping[str, Any]


def read_card(file: str, metadata: Mapping[str, str]) -> ModelCard:
    """The card in the metadata of the model `file`.

    Raises ModelError where there is none, or one of another version.
    """
    try:
        told = json.loads(metadata["card"])
        version = told["version"]
        if version == CARD_VERSION:
            return ModelCard(
                name=told["name"],
                precision=told["precision"],
                source=told["source"],
                made_by=told["made by"],
                commit=told["commit"],
                seed=told["seed"],
                data=tuple(told["data"]),
                licences=told["licences"],
                figures=told["figures"],
            )
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise ModelError(
            f"the model {file} has no card; export it with `make update-models`"
        ) from error
    raise ModelError(
        f"the model {file} is of version {version}; this Evenlight reads version {CARD_VERSION}. "
        "Install both again"
    )
