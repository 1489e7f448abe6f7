# SPDX-License-Identifier: Apache-2.0
"""What a compiled file asks of the system it is loaded on."""

from __future__ import annotations

from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile


def is_elf(file: Path) -> bool:
    """Whether it is a program or library of Linux."""
    with file.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def needed_libraries(file: Path) -> list[str]:
    """Names of the libraries that are loaded with it. Raises ELFError for other files."""
    with file.open("rb") as stream:
        dynamic = ELFFile(stream).get_section_by_name(".dynamic")
        if dynamic is None:
            raise ELFError(f"{file} is not linked dynamically")
        return [tag.needed for tag in dynamic.iter_tags() if tag.entry.d_tag == "DT_NEEDED"]


def glibc_needed(file: Path) -> tuple[int, int]:
    """Oldest glibc that has all its symbols, as (major, minor); (0, 0) where it asks for none."""
    with file.open("rb") as stream:
        versions = ELFFile(stream).get_section_by_name(".gnu.version_r")
        if versions is None:
            return (0, 0)
        names = [auxiliary.name for _, group in versions.iter_versions() for auxiliary in group]
    numbers = (name.removeprefix("GLIBC_").split(".") for name in names if "GLIBC_2" in name)
    return max(((int(major), int(minor)) for major, minor, *_ in numbers), default=(0, 0))
