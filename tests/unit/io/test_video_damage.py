# SPDX-License-Identifier: Apache-2.0
"""Damage that a decoder notices never passes for a picture."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.unit.io.film import digest, digests, film

from evenlight.errors import MediaError
from evenlight.io import Damaged, open_clip
from evenlight.io.video_reader import VideoReader

KINDS = {
    "ffv1.mkv": "-c:v ffv1 -level 3 -slicecrc 1 -g 3 -pix_fmt yuv420p",
    "png.mov": "-c:v png -pix_fmt rgb24",
}


def spoilt(path: Path, seed: int) -> Path:
    """A copy with one bit turned inside the picture data."""
    data = bytearray(path.read_bytes())
    rng = random.Random(seed)
    data[rng.randrange(len(data) // 4, len(data) * 3 // 4)] ^= 1 << rng.randrange(8)
    other = path.with_name(f"spoilt{path.suffix}")
    other.write_bytes(data)
    return other


def pictures(path: Path, damaged: Damaged) -> list[str]:
    reader = open_clip(path, look_around=1, damaged=damaged)
    assert isinstance(reader, VideoReader)
    found = [digest(reader.decoded(number)) for number in range(1, reader.last + 1)]
    reader.close()
    return found


@pytest.mark.parametrize("name", KINDS)
def test_one_bit_is_an_error(tmp_path: Path, name: str) -> None:
    whole = film(tmp_path / name, KINDS[name])
    assert pictures(whole, Damaged.ERROR) == digests(whole)
    for seed in range(8):
        with pytest.raises(MediaError, match="damaged"):
            pictures(spoilt(whole, seed), Damaged.ERROR)


def test_a_damaged_frame_is_held_until_the_next_key(tmp_path: Path) -> None:
    whole = film(tmp_path / "ffv1.mkv", KINDS["ffv1.mkv"])
    wanted = digests(whole)
    held = pictures(spoilt(whole, 1), Damaged.HOLD)
    assert len(held) == len(wanted)
    wrong = [n for n, (a, b) in enumerate(zip(held, wanted, strict=True)) if a != b]
    assert 1 <= len(wrong) <= 3
    assert {held[n] for n in wrong} == {wanted[wrong[0] - 1]}
