# SPDX-License-Identifier: Apache-2.0
"""Kernels in plain NumPy: what the compiled ones are held against."""
