# SPDX-License-Identifier: Apache-2.0
"""Analysis files: what a shot's frames lack of each other's light, found once and kept.

docs/analysis.md describes the format and why it holds what it holds.
"""

from .file import Analysis
from .record import Record
from .search import Search
from .settings import AnalysisSettings
from .writing import merged, save

__all__ = ["Analysis", "AnalysisSettings", "Record", "Search", "merged", "save"]
