# SPDX-License-Identifier: Apache-2.0
"""Marks on images and parts that look whole and are not what the job makes.

Frames that a fall back had a part in bear one, and images that another job left under the names of
a new one. A mark is an empty hidden file beside what it marks, so that jobs on many machines set
and remove marks without waiting for each other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..io.files import create, writing


def mark_of(file: Path) -> Path:
    """The mark of an image or a part."""
    return file.with_name(f".{file.name}.again")


def is_marked(file: Path) -> bool:
    """Whether the file is to be made again."""
    return os.path.lexists(mark_of(file))


def mark(file: Path) -> None:
    """Have the file made again by whoever resumes; raises MediaError where none can be written."""
    with writing(mark_of(file)), suppress(FileExistsError):
        create(mark_of(file))


@contextmanager
def marking(file: Path, *, fell_back: bool) -> Iterator[None]:
    """For a block that writes the file: marked before it, or vouched for after it.

    So no file that a fall back made stands unmarked, wherever the process is killed.
    """
    if fell_back:
        mark(file)
    yield
    if not fell_back:
        with writing(mark_of(file)):
            mark_of(file).unlink(missing_ok=True)
