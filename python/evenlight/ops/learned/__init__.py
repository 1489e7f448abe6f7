# SPDX-License-Identifier: Apache-2.0
"""The learned stages of method A, after BlazeBVD (Qiu et al., ECCV 2024)."""
