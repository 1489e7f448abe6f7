# SPDX-License-Identifier: Apache-2.0
"""What is handed out: wheels, the whole bundle, checksums; `make dist`."""
