# SPDX-License-Identifier: Apache-2.0
"""The log of a process: off unless the environment asks for it.

EVENLIGHT_LOG is the level: error, warning, info (or 1) or debug. EVENLIGHT_LOG_FOLDER names a
folder in which each process then writes `evenlight-<process id>.log`, a few files of a megabyte at
most; without it lines go to standard error. The plug-in's own lines go the same way
(plugin/runtime/log.cpp).
"""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

LEVEL, FOLDER = "EVENLIGHT_LOG", "EVENLIGHT_LOG_FOLDER"
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "debug": logging.DEBUG}
_LARGEST, _KEPT = 1 << 20, 3
_LINE = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


def start() -> None:
    """Have what this package logs written, where the environment asks for it; once."""
    wanted = os.environ.get(LEVEL, "").lower()
    logger = logging.getLogger("evenlight")
    if not wanted or logger.handlers:
        return
    handler = _handler()
    handler.setFormatter(logging.Formatter(_LINE))
    logger.addHandler(handler)
    logger.setLevel(_LEVELS.get(wanted, logging.INFO))
    logger.propagate = False


def files(folder: Path) -> list[Path]:
    """The logs in a folder, the newest first."""
    found = [path for path in folder.glob("evenlight-*.log*") if path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _handler() -> logging.Handler:
    folder = os.environ.get(FOLDER, "")
    if not folder:
        return logging.StreamHandler()
    path = Path(folder) / f"evenlight-{os.getpid()}.log"
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise OSError(f"{path} is no file")
        return RotatingFileHandler(path, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
    except OSError as error:  # a log must not be what fails
        handler = logging.StreamHandler()
        handler.handle(
            logging.LogRecord(__name__, logging.WARNING, path.name, 0, f"no log: {error}", (), None)
        )
        return handler
