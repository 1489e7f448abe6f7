# SPDX-License-Identifier: Apache-2.0
"""`make demo`: a flickering clip, made steady by the built plug-in, and figures of both."""
