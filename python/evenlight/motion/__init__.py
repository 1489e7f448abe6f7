# SPDX-License-Identifier: Apache-2.0
"""Small pictures of frames, and how one moves into another."""
