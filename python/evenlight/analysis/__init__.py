# SPDX-License-Identifier: Apache-2.0
"""Analysis files: what a shot's frames lack of each other's light, found once and kept.

docs/analysis.md describes the format and why it holds what it holds.
"""

from .file import Analysis, merged, save
from .record import Record
from .settings import AnalysisSettings

__all__ = ["Analysis", "AnalysisSettings", "Record", "merged", "save"]
