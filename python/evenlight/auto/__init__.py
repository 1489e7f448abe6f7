# SPDX-License-Identifier: Apache-2.0
"""Auto: what a clip suffers from, measured, and the settings that suit it."""
