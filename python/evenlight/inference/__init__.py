# SPDX-License-Identifier: Apache-2.0
"""Networks, as ONNX Runtime runs them."""
