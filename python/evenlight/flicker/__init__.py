# SPDX-License-Identifier: Apache-2.0
"""Estimation of a frame's flicker from its temporal window."""
