# SPDX-License-Identifier: Apache-2.0
"""Networks in PyTorch, for training and export; rendering runs their ONNX files."""
