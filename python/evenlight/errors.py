# SPDX-License-Identifier: Apache-2.0
"""Exceptions that this package raises on purpose.

EvenlightError          the message is for the person at the host or the terminal
├── ParamError          a parameter is unknown or outside its declared range
├── FrameError          frames disagree in size or encoding, or too few exist
├── MediaError          a file cannot be read or written
│   └── BusyError       the same may work later: a full disk, another job at the file
├── ModelError          a network is missing, damaged, or cannot run here
├── AnalysisError       an analysis file cannot be used for this frame
│   └── NoAnalysisError one that is still to be written
├── RepairsError        a repairs file cannot be used for this frame
└── Aborted             the host asked to stop; nothing went wrong
"""

from __future__ import annotations

import reprlib


def shortened(value: object) -> str:
    """A value as sentences show it, however long it is or deep."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = 80
    return short.repr(value)


class EvenlightError(Exception):
    """Base of all exceptions raised on purpose; the message says what to do."""


class ParamError(EvenlightError, ValueError):
    """A parameter is unknown or outside its declared range."""


class FrameError(EvenlightError, ValueError):
    """Frames disagree in size or encoding, or too few exist."""


class MediaError(EvenlightError, OSError):
    """A file cannot be read or written."""


class BusyError(MediaError):
    """The same may work later: the disk is full, or another job is at the same file."""


class ModelError(EvenlightError):
    """A network is missing, damaged, of another version, or cannot run here."""


class AnalysisError(EvenlightError):
    """An analysis file is missing, damaged, or of another source, version or other settings."""


class RepairsError(EvenlightError):
    """A repairs file is missing, damaged, or of another clip or version."""


class NoAnalysisError(AnalysisError):
    """There is no file of the name that an analysis is to be written to."""


class Aborted(EvenlightError):  # noqa: N818 - not an error: it unwinds a render
    """The host asked to stop; the pixels of this render are not used."""
