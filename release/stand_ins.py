# SPDX-License-Identifier: Apache-2.0
"""Empty libraries in the place of those that OpenCV reads videos and AVIF with.

They are 41 MB, and rendering reads no files; but the library of OpenCV does not load without their
symbols. A stand-in has these, and ends the process where one is called.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.elffile import ELFFile

_REPLACED = ("libavcodec", "libavformat", "libavutil", "libswscale", "libavif")
#: Needed by those alone.
_REMOVED = ("libaom", "libvpx", "libcrypto", "libssl", "libswresample", "libdrm")


def replace_codecs(site: Path, compiler: str) -> None:
    """Replace them below `site`, a folder of packages, with what `compiler` makes."""
    libraries = next(site.glob("opencv_python_headless.libs"))
    wanted = _undefined(next((site / "cv2").glob("cv2*.so")))
    for name in _REPLACED:
        file = next(libraries.glob(f"{name}-*"))
        symbols = [(s, version) for s, version in _exported(file) if s in wanted]
        file.unlink()
        _compile(file, symbols, compiler)
    for name in _REMOVED:
        next(libraries.glob(f"{name}-*")).unlink()


def _compile(file: Path, symbols: list[tuple[str, str]], compiler: str) -> None:
    """A library of that name that has `symbols`, pairs of name and version."""
    versions: dict[str, list[str]] = defaultdict(list)
    for symbol, version in symbols:
        versions[version].append(symbol)
    source, script = file.with_suffix(".c"), file.with_suffix(".map")
    source.write_text("".join(f"void {s}(void) {{ __builtin_trap(); }}\n" for s, _ in symbols))
    script.write_text(
        "".join(
            f"{version} {{ global: {'; '.join(names)}; }};\n" for version, names in versions.items()
        )
    )
    words = [compiler, "-shared", "-fPIC", "-O1", "-s", "-w", f"-Wl,-soname,{file.name}"]
    if "" not in versions:
        words.append(f"-Wl,--version-script={script}")
    subprocess.run([*words, "-o", str(file), str(source)], check=True)
    source.unlink()
    script.unlink()


def _undefined(file: Path) -> set[str]:
    return {name for name, _, is_defined in _symbols(file) if not is_defined}


def _exported(file: Path) -> Iterator[tuple[str, str]]:
    return ((name, version) for name, version, is_defined in _symbols(file) if is_defined)


def _symbols(file: Path) -> list[tuple[str, str, bool]]:
    """Name, version that it is defined with, and whether it is defined, of each dynamic symbol."""
    with file.open("rb") as stream:
        elf = ELFFile(stream)
        table, indices, defined = (
            elf.get_section_by_name(name) for name in (".dynsym", ".gnu.version", ".gnu.version_d")
        )
        versions = {}
        if defined is not None:
            for version, names in defined.iter_versions():
                versions[version["vd_ndx"]] = next(names).name
        found = []
        for number, symbol in enumerate(table.iter_symbols()):
            is_defined = symbol["st_shndx"] != "SHN_UNDEF"
            index = 0 if indices is None else indices.get_symbol(number)["ndx"]
            found.append((symbol.name, versions.get(index, ""), is_defined))
        return found
