# SPDX-License-Identifier: Apache-2.0
"""How numbers stand for light."""
