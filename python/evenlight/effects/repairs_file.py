# SPDX-License-Identifier: Apache-2.0
"""The repairs file that an effect follows, opened once for as long as it stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from ..errands import LateError
from ..errors import RepairsError
from ..repairs.file import Repairs, read_repairs
from .analysis_record import version_of
from .resources import Resources

#: Seconds that a disk may take to give the largest file.
_TO_READ = 10.0


def open_repairs(
    path: str, resources: Resources, aborted: Callable[[], bool] = lambda: False
) -> Repairs:
    """The decisions in the file at `path`.

    Raises RepairsError where it cannot be used or the disk does not answer, Aborted where the
    result is no longer wanted.
    """

    def read() -> Repairs | RepairsError:
        try:
            key = "repairs", *version_of(path)
        except (OSError, ValueError):
            return _read(path)  # which says what is wrong
        return resources.memo.get(key, lambda: _read(path))

    try:
        found = resources.errands.run(read, _TO_READ, aborted)
    except LateError as error:
        raise RepairsError(
            f"the disk of {path} does not answer; see to it, or clear Repairs"
        ) from error
    if isinstance(found, RepairsError):
        raise RepairsError(str(found))  # one for each frame: an error holds on to its frame
    return found


def _read(path: str) -> Repairs | RepairsError:
    """The decisions, or why they cannot be used, which is found out once, too."""
    try:
        return read_repairs(path, decided=True)
    except RepairsError as error:
        return RepairsError(str(error))
