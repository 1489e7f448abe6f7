# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import subprocess
import sys

import pytest

_ASK = "import {first}evenlight, os; print(os.environ.get('OPENBLAS_NUM_THREADS'))"


@pytest.mark.parametrize(
    ("first", "given", "wanted"), [("", None, "1"), ("", "3", "3"), ("numpy, ", None, "None")]
)
def test_blas_has_one_thread_unless_somebody_knows_better(
    first: str, given: str | None, wanted: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    said = subprocess.run(
        [sys.executable, "-c", _ASK.format(first=first)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == wanted
