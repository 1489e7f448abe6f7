# SPDX-License-Identifier: Apache-2.0
"""Material, synthetic damage and metrics, on which training, the demo and the benchmark stand."""
