# SPDX-License-Identifier: Apache-2.0
"""Repairs files: the blotches of a clip and what a person decided about them.

docs/review.md describes the format.
"""
