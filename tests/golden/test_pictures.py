# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.golden.pictures import KEPT, PICTURES, read, write

#: Levels of 255 that a value may be off, the share of values that may be further off, and how far
#: those may be: another version of OpenCV rounds the flow of a few cells another way.
SOFT, SHARE, HARD = 1, 0.002, 6


@pytest.mark.golden
@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_has_not_changed(name: str, tmp_path: Path) -> None:
    got, wanted = PICTURES[name](), read(KEPT / f"{name}.png")
    assert got.shape == wanted.shape
    difference = np.abs(got.astype(np.int16) - wanted)
    over = float(np.mean(difference > SOFT))
    if over > SHARE or difference.max() > HARD:
        for kind, picture in {"got": got, "wanted": wanted, "difference": difference * 20}.items():
            write(tmp_path / f"{name}-{kind}.png", np.clip(picture, 0, 255).astype(np.uint8))
        pytest.fail(
            f"{name}: {over:.2%} of the values are off by more than {SOFT}, the worst by "
            f"{difference.max()}; look at {tmp_path}, and if the change is meant, run "
            "`python -m tests.golden.update`"
        )
