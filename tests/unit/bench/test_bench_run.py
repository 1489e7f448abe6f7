# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.bench import clips
from tests.bench.scenes import DAMAGES, PHOTOGRAPHS, Scenes

ROOT = Path(__file__).parents[3]


def test_damage_is_the_same_in_every_run() -> None:
    scenes = Scenes(None, PHOTOGRAPHS[:1], 4)
    name, clean = next(scenes.clean())
    for kind in DAMAGES:
        (first, _), (again, _) = (scenes.damaged(name, clean, kind) for _ in range(2))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, clean)


def test_a_folder_without_the_clips_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        clips.MissingClipError, match=r"no clip his_girl_friday_clean_bw in .*--data"
    ):
        next(Scenes(tmp_path).clean())


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--only", "speeed"], "no table speeed"), (["--data", "/nowhere"], "/nowhere")],
)
def test_a_wrong_request_is_refused(arguments: list[str], words: str, tmp_path: Path) -> None:
    ran = bench(*arguments, "--json", str(tmp_path / "out.json"))
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.slow
def test_the_table_and_the_figures_agree(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    ran = bench("--quick", "--only", "clean", "global", "cost", "--json", str(written))
    assert ran.returncode == 0, ran.stderr
    tables = json.loads(written.read_text())["tables"]
    assert len(tables) == 3
    for title, table in tables.items():
        assert title in ran.stdout
        for method in table["mean"]:
            assert method in ran.stdout
