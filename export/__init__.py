# SPDX-License-Identifier: Apache-2.0
"""From trained checkpoints to the ONNX files that the package serves."""
