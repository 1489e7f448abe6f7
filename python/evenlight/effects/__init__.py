# SPDX-License-Identifier: Apache-2.0
"""The effects, one module each, and the tuple that every front end walks."""

from .base import Effect
from .deblotch import Deblotch
from .deflicker import Deflicker
from .resources import Resources
from .restore import Restore

EFFECTS: tuple[type[Effect], ...] = (Deflicker, Deblotch, Restore)

__all__ = ["EFFECTS", "Deblotch", "Deflicker", "Effect", "Resources", "Restore"]
