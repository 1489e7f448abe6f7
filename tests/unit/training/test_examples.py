# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from evenlight.errors import MediaError
from evenlight.frames import Array
from evenlight.training.examples import kept, store


@dataclass(frozen=True, slots=True)
class Pictures:
    pictures: Array
    held: Array


def made() -> Pictures:
    return Pictures(np.arange(6, dtype=np.float16).reshape(2, 3), np.array([True, False]))


def refuse() -> Pictures:
    raise AssertionError("they are there already")


def test_examples_are_made_once(tmp_path: Path) -> None:
    out = tmp_path / "model.safetensors"
    first = kept(Pictures, out, "3 draws, seed 1", made)
    again = kept(Pictures, out, "3 draws, seed 1", refuse)
    for found in (first, again):
        assert np.array_equal(found.pictures, made().pictures)
        assert found.pictures.dtype == np.float16
        assert np.array_equal(found.held, made().held)
    assert [path.name for path in tmp_path.iterdir()] == ["model.examples.npz"]


def test_examples_of_something_else_are_refused(tmp_path: Path) -> None:
    store(made(), tmp_path / "model.examples.npz", "3 draws, seed 1")
    with pytest.raises(MediaError, match=r"made of 3 draws, seed 1, and 4 draws.*delete it"):
        kept(Pictures, tmp_path / "model.safetensors", "4 draws, seed 1", refuse)
