# SPDX-License-Identifier: Apache-2.0
"""Docstrings say the noun first: one that begins with "What" leaves it to be guessed."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("python", "export", "tests/bench", "tests/reference")


def test_no_docstring_begins_with_what() -> None:
    riddles = []
    for path in (one for folder in FOLDERS for one in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                continue
            if (ast.get_docstring(node) or "").startswith("What "):
                name = getattr(node, "name", "the module")
                riddles.append(f"{path.relative_to(ROOT)}: {name}")
    assert not riddles, f"say the noun first: {', '.join(riddles)}"
