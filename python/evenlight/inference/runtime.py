# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime, loaded at first use and told before that to keep quiet."""

from __future__ import annotations

import os
from typing import Any

from ..errors import ModelError

#: What to do where networks cannot run at all.
WITHOUT = "or have Deflicker do without networks: Method classical, Solver exact"
#: ONNX Runtime sends usage to its maker, and keeps a device id in the home folder, unless this is
#: set when its library is loaded.
_QUIET = "ORT_DISABLE_TELEMETRY"


def onnxruntime() -> Any:
    """The module `onnxruntime`.

    Raises ModelError where it is missing or broken, and not where its import was interrupted.
    """
    os.environ.setdefault(_QUIET, "1")
    try:
        import onnxruntime as loaded
    except ImportError as error:
        if interruption := _interruption_behind(error):
            raise interruption from None
        raise ModelError(
            f"networks need ONNX Runtime: run `pip install onnxruntime`, {WITHOUT}"
        ) from error
    loaded.disable_telemetry_events()
    return loaded


def _interruption_behind(error: BaseException | None) -> BaseException | None:
    """The Ctrl-C, or what else was to end the work, that a library took for a failed import."""
    while isinstance(error, Exception):
        error = error.__cause__ or error.__context__
    return error
