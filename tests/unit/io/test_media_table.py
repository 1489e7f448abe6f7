# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

from evenlight.io import media_table
from evenlight.io.containers import CONTAINERS

ROOT = Path(__file__).resolve().parents[3]


def test_the_tables_are_up_to_date() -> None:
    text = (ROOT / media_table.DOCUMENT).read_text(encoding="utf-8")
    assert media_table.updated(text) == text, "docs/media.md is stale; run `make update`"


def test_update_writes_what_is_compared(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    empty = "".join(
        f"<!-- generated: {name} -->\nstale\n<!-- end -->\n"
        for name in ("containers", "contents", "images")
    )
    (tmp_path / media_table.DOCUMENT).write_text(f"before\n{empty}after\n")
    media_table.update(tmp_path)
    text = (tmp_path / media_table.DOCUMENT).read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale" not in text
    for container in CONTAINERS:
        assert f"| {container.name} |" in text


def test_what_a_format_holds_is_tried() -> None:
    rows = {
        row.split(" | ")[0].strip("| "): row for row in media_table.images_markdown().split("\n")
    }
    heads = rows["format"].split(" | ")
    profile = {name: rows[name].split(" | ")[heads.index("ICC profile")] for name in rows if name}
    assert profile["PNG"] == profile["TIFF"] == profile["JPEG"] == "yes"
    assert profile["OpenEXR"] == profile["DPX"] == "-"
