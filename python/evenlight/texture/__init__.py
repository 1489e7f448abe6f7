# SPDX-License-Identifier: Apache-2.0
"""Texture that flicker clipped, from the frames beside."""
