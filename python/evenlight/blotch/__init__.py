# SPDX-License-Identifier: Apache-2.0
"""Detection and filling of blotches."""
