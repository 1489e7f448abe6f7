# SPDX-License-Identifier: Apache-2.0
"""These tests need torch, which rendering never does: `make test-models` runs them."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py"]
