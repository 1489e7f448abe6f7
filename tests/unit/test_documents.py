# SPDX-License-Identifier: Apache-2.0
"""Documents must be short where they promise it, lead somewhere, and show the tree as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "export/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_SOURCE = re.compile(r"`([\w./-]+/[\w.-]+\.(?:cpp|h|inc|json|md|py|txt))`")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
#: Folders whose own folders must each have a row in the map.
MAPPED = ("plugin", "python", "python/evenlight", "tests")


def prose(path: Path) -> str:
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Anchors of the headings, as the usual viewers make them."""
    titles = (re.sub(r"[`*]", "", title) for title in _HEADING.findall(prose(path)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in _LINK.findall(prose(path)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name} links to {name}, which is not there"
        if anchor:
            assert anchor in anchors(there), f"{path.name} links to {target}, a missing heading"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_source_that_is_named_is_there(path: Path) -> None:
    for name in _SOURCE.findall(prose(path)):
        there = [base / name for base in (ROOT, ROOT / "python" / "evenlight")]
        assert any(one.is_file() for one in there), f"{path.name} names {name}, which is not there"


def test_the_readme_is_short_and_leads_to_every_document() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 200
    linked = {target.partition("#")[0] for target in _LINK.findall(text)}
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= linked


def test_the_map_is_the_tree() -> None:
    rows = set(map_rows())
    for row in rows:
        assert (ROOT / row).exists(), f"CONTRIBUTING's map names {row}, which is not there"
    missing = set(folders()) - rows
    assert not missing, f"CONTRIBUTING's map lacks {', '.join(sorted(missing))}"


def map_rows() -> Iterator[str]:
    """Paths in the first column of the map."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text[text.index("## Where things are") :].split("\n## ", 1)[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([^`]+)`", line.split("|")[1])


def folders() -> Iterator[str]:
    """Folders of the checkout that hold sources, at the root and one step below each of MAPPED."""
    for above in ("", *MAPPED):
        for folder in sorted((ROOT / above).iterdir()):
            if folder.is_dir() and _holds_sources(folder):
                yield str(folder.relative_to(ROOT))


def _holds_sources(folder: Path) -> bool:
    """Whether the folder holds more than what git ignores: builds and caches."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    if folder.name.startswith(".") or f"/{folder.relative_to(ROOT)}/" in ignored:
        return False
    return any(
        path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"
        for path in folder.rglob("*")
    )
