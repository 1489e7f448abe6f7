# SPDX-License-Identifier: Apache-2.0
"""Jobs for render farms: one model of a job, and an adapter for each engine."""

from __future__ import annotations

from .model import FarmJob, Step, plan, plan_natron

__all__ = ["FarmJob", "Step", "plan", "plan_natron"]
