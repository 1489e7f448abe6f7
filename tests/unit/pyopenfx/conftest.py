# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "conformance" / "subjects"))

from subjects import Subjects


@pytest.fixture(scope="session")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Subjects:
    """Plug-ins to test the host with, by the name of their fault; "good" has none."""
    return Subjects(tmp_path_factory.mktemp("subjects"))
