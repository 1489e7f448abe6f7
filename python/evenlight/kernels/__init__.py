# SPDX-License-Identifier: Apache-2.0
"""Loops over pixels, compiled, and the shapes that they take."""
