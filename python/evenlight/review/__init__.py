# SPDX-License-Identifier: Apache-2.0
"""A page on which a person decides about single blotches, and the process that serves it."""

from .page import write_page
from .review import Review
from .server import serve

__all__ = ["Review", "serve", "write_page"]
