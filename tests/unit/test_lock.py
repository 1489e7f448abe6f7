# SPDX-License-Identifier: Apache-2.0
"""The lock holds every package that rendering needs, with hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")


def locked() -> dict[str, list[Requirement]]:
    """Requirements of the lock by name, each with its hashes taken off."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found: dict[str, list[Requirement]] = {}
    for block in re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).split("\n"):
        line = block.strip().removesuffix("\\").strip()
        if line and not line.startswith("--hash"):
            requirement = Requirement(line)
            found.setdefault(requirement.name.lower(), []).append(requirement)
    return found


def test_every_dependency_is_locked_to_a_version_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    held = locked()
    for wanted in map(Requirement, project["dependencies"]):
        for python in PYTHONS:
            here = {"python_full_version": f"{python}.0", "python_version": python}
            versions = [
                next(iter(one.specifier)).version
                for one in held.get(wanted.name.lower(), [])
                if one.marker is None or one.marker.evaluate(here)
            ]
            assert len(versions) == 1, f"{wanted.name} for Python {python}: run `make lock`"
            assert versions[0] in wanted.specifier, f"{wanted} is not {versions[0]}: `make lock`"


def test_every_package_has_hashes_and_nothing_of_the_machine_is_told() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    count = sum(len(versions) for versions in locked().values())
    blocks = [block for block in re.split(r"\n(?=\w)", text) if "==" in block]
    assert len(blocks) == count
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "file:" not in text
