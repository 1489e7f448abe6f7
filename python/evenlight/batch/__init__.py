# SPDX-License-Identifier: Apache-2.0
"""Clips through chains of effects: in chunks, by several processes, taken up where they stopped."""

from __future__ import annotations

from .job import Listener, RenderJob
from .run import assemble, look, render
from .stop import Stop

__all__ = ["Listener", "RenderJob", "Stop", "assemble", "look", "render"]
