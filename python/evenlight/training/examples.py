# SPDX-License-Identifier: Apache-2.0
"""Storage of examples, which take long to make: dataclasses of arrays beside the checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..errors import MediaError

Examples = TypeVar("Examples", bound=Any)
_MADE_OF = "made of"


def kept(kind: type[Examples], out: Path, made_of: str, make: Callable[[], Examples]) -> Examples:
    """The examples beside the checkpoint `out`; made, and put there first, where there are none.

    `made_of` says all that they depend on but the code. Raises MediaError where what is there was
    made of something else.
    """
    path = out.with_suffix(".examples.npz")
    if not path.is_file():
        store(make(), path, made_of)
    with np.load(path) as stored:
        found = str(stored[_MADE_OF]) if _MADE_OF in stored else "an older version"
        if found != made_of:
            raise MediaError(
                f"{path} was made of {found}, and {made_of} is asked for; delete it to make it anew"
            )
        return kind(**{one.name: stored[one.name] for one in fields(kind)})


def store(examples: Any, path: Path, made_of: str) -> None:
    """Write examples, under a temporary name first."""
    temporary = path.with_name(path.name + ".new.npz")
    parts: dict[str, Any] = {one.name: getattr(examples, one.name) for one in fields(examples)}
    np.savez(temporary, **parts | {_MADE_OF: np.array(made_of)})
    temporary.replace(path)
