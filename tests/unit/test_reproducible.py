# SPDX-License-Identifier: Apache-2.0
"""Wheels that differ are told apart, and how."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
from tests.reproducible import differences

DAY = (2024, 1, 1, 0, 0, 0)


def wheel(path: Path, members: dict[str, str], date: tuple[int, ...] = DAY) -> Path:
    with ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(ZipInfo(name, date), text)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("members", "date", "told"),
    [
        ({"a.py": "1", "b.so": "2"}, DAY, []),
        ({"a.py": "1", "b.so": "3"}, DAY, ["b.so"]),
        ({"a.py": "1"}, DAY, ["b.so"]),
        ({"b.so": "2", "a.py": "1"}, DAY, ["the order or the dates of its members"]),
        ({"a.py": "1", "b.so": "2"}, (2025, *DAY[1:]), ["the order or the dates of its members"]),
    ],
)
def test_what_differs_is_named(
    tmp_path: Path, members: dict[str, str], date: tuple[int, ...], told: list[str]
) -> None:
    one = wheel(tmp_path / "one.whl", {"a.py": "1", "b.so": "2"})
    assert differences(one, wheel(tmp_path / "other.whl", members, date)) == told
