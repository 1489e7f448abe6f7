# SPDX-License-Identifier: Apache-2.0
"""The bundle that needs nothing installed: plug-in, Python, packages and networks in one folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .elf import is_elf
from .portable_python import SITE, VERSION, make_python
from .stand_ins import replace_codecs
from .toolchain import PLATFORM, write_compilers

NAME = "Evenlight.ofx.bundle"
#: Of the packages that are locked, those that rendering imports.
PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "pyyaml")
#: Bytes that it may take on disk.
LARGEST = 250_000_000
#: Tools and tests of these packages, a second copy of ONNX Runtime for other languages, and what of
#: ours never renders.
_LEFT_OUT = (
    "*.pyi", "*.dist-info/RECORD", "bin", "cv2/data", "numpy/*/tests", "numpy/_core/include",
    "numpy/_core/lib", "numpy/_pyinstaller", "numpy/distutils", "numpy/f2py", "numpy/tests",
    "numpy/typing/tests", "onnxruntime/backend", "onnxruntime/capi/libonnxruntime.so*",
    "onnxruntime/datasets", "onnxruntime/quantization", "onnxruntime/tools",
    "onnxruntime/transformers", "yaml/_yaml*.so", "evenlight/demo", "evenlight/evaluation",
    "evenlight/models", "evenlight/training",
)  # fmt: skip


def make_whole_bundle(wheel: Path, lock: Path, cache: Path, target: Path) -> Path:
    """Make the bundle in the folder `target`, of a wheel for Python `VERSION`, and return it.

    `lock` names the packages with their hashes; `cache` keeps Debian's.
    """
    bundle, contents = target / NAME, target / NAME / "Contents"
    python = make_python(contents / "Python", cache)
    site = contents / "Python" / SITE
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for part in sorted((site / "evenlight" / "bundle" / NAME / "Contents").iterdir()):
        shutil.move(part, contents / part.name)
    shutil.rmtree(site / "evenlight" / "bundle")
    (contents / "Resources").mkdir(exist_ok=True)
    (contents / "Resources" / "python.txt").write_text("python=Python/bin/python\n", "utf-8")
    _install(_locked(lock), site)
    for pattern in _LEFT_OUT:
        for path in sorted(site.rglob(pattern) if pattern.startswith("*") else site.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with tempfile.TemporaryDirectory() as folder:
        replace_codecs(site, write_compilers(Path(folder))["CC"])
    _compile(python)
    return bundle


def _locked(lock: Path) -> str:
    """The part of the lock that is about PACKAGES."""
    text = lock.read_text("utf-8").replace("\\\n", "\\\0")
    lines = [line for line in text.splitlines() if line.split("==")[0] in PACKAGES]
    return "\n".join(lines).replace("\0", "\n")


def _install(requirements: str, site: Path) -> None:
    """Install wheels of the registry into `site`, each held against its hash."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.txt"
        asked.write_text(requirements, "utf-8")
        platform = f"x86_64-{PLATFORM.removesuffix('_x86_64')}"
        subprocess.run(
            [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--no-deps",
             "--require-hashes", "--only-binary", ":all:", "--python-version", VERSION,
             "--python-platform", platform, "--link-mode", "copy", "--target", str(site),
             "-r", str(asked)],
            check=True,
        )  # fmt: skip


def _compile(python: Path) -> None:
    """Compile all modules once: where it is unpacked nothing may be writable, and times change."""
    library = python.parents[1] / "lib"
    subprocess.run(
        [str(python), "-I", "-m", "compileall", "-q", "-s", str(library), "-p", "/evenlight",
         "--invalidation-mode", "unchecked-hash", str(library)],
        check=True,
    )  # fmt: skip


def size_of(bundle: Path) -> int:
    """Bytes of all its files."""
    return sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())


def pack(bundle: Path, file: Path, moment: tuple[int, int, int, int, int, int]) -> None:
    """Write `bundle` as a zip: the same files give the same bytes; `moment` is their time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
            name = path.relative_to(bundle.parent).as_posix()
            entry = zipfile.ZipInfo(name, moment)
            runs = is_elf(path) or path.stat().st_mode & 0o100
            entry.external_attr = (0o100755 if runs else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
