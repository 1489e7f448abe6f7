# SPDX-License-Identifier: Apache-2.0
"""A page that shows what was done to a clip: figures, curves, pictures, repairs."""

from .collect import collect
from .page import write_page
from .summary import Summary

__all__ = ["Summary", "collect", "write_page"]
