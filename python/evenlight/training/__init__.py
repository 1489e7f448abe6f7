# SPDX-License-Identifier: Apache-2.0
"""Synthetic damage and what it is judged by."""
