# SPDX-License-Identifier: Apache-2.0
"""The effects as functions of Python, over frames in memory and clips on disk."""

from .clip import Clip, open_clip
from .functions import deblotch, deflicker, restore

__all__ = ["Clip", "deblotch", "deflicker", "open_clip", "restore"]
