# SPDX-License-Identifier: Apache-2.0
"""Other processes, looked at while they come and go."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def children_of(pid: int, word: bytes) -> set[int]:
    """Child processes with a word in their command line; any may end meanwhile."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in (task / "children").read_text().split():
                with suppress(FileNotFoundError, ProcessLookupError):
                    if word in Path(f"/proc/{child}/cmdline").read_bytes():
                        found.add(int(child))
    return found
