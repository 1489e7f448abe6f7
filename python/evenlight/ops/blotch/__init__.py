# SPDX-License-Identifier: Apache-2.0
"""Blotches: found by what both neighbours say, scored, and filled from them."""
