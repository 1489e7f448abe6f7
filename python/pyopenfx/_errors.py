# SPDX-License-Identifier: Apache-2.0
"""PyOpenFXError
├── BundleError   the bundle or its library cannot be used
├── ActionError   an action failed; carries `.action` and `.status`
└── ParamError    a parameter, option, clip or value does not exist (also a ValueError)
"""

from __future__ import annotations

from ._standard import short, status_name


class PyOpenFXError(Exception):
    """Everything this package raises on purpose."""


class BundleError(PyOpenFXError):
    """A bundle that is missing, has no binary for this system, or whose library does not load."""


class ActionError(PyOpenFXError):
    """An action of the plug-in answered with a failure."""

    def __init__(self, action: str, status: int, messages: list[str]) -> None:
        self.action = short(action)
        self.status = status
        text = f"{self.action} answered {status_name(status)}"
        super().__init__(": ".join([text, *messages[-1:]]))


class ParamError(PyOpenFXError, ValueError):
    """A parameter, option or clip that the plug-in does not have, or a value it does not take."""
