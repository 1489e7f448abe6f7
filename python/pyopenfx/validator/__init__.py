# SPDX-License-Identifier: Apache-2.0
"""The validator: checks of a plug-in, each in a process of its own; `pyopenfx validate`."""

from .check import Check, Result, Verdict
from .checks import CHECKS, chosen
from .run import Trials, plugins_of

__all__ = ["CHECKS", "Check", "Result", "Trials", "Verdict", "chosen", "plugins_of"]
