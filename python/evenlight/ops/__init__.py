# SPDX-License-Identifier: Apache-2.0
"""Functions on arrays: what the effects are made of."""
