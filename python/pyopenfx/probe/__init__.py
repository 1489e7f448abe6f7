# SPDX-License-Identifier: Apache-2.0
"""The probe: a plug-in that writes down how a host behaves, and what judges its log."""

from .checks import CHECKS, judged
from .log import Log, read_log
from .playing import bundle, played
from .profile import as_toml, profile_of

__all__ = ["CHECKS", "Log", "as_toml", "bundle", "judged", "played", "profile_of", "read_log"]
