# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240301)


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The built OpenFX bundle: the package's own, or the one that EVENLIGHT_BUNDLE names."""
    named = os.environ.get("EVENLIGHT_BUNDLE")
    if named:
        return Path(named)
    from evenlight.bundle import built_bundle

    return built_bundle()
