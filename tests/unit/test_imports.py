# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import sys

import evenlight

HEAVY = ("torch", "av", "OpenImageIO", "click", "rich", "skimage", "onnxruntime")


def test_public_names_are_those_listed() -> None:
    for name in evenlight.__all__:
        assert getattr(evenlight, name) is not None


def test_importing_the_package_and_the_bridge_loads_nothing_heavy() -> None:
    code = (
        "import sys, evenlight, evenlight.effects, evenlight.engine\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
