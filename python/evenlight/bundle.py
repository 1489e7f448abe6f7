# SPDX-License-Identifier: Apache-2.0
"""The OpenFX bundle: finding the built one, and installing it where hosts look."""

from __future__ import annotations

import os
import platform
import plistlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import evenlight

from .errors import MediaError

NAME = "Evenlight.ofx.bundle"
_IDENTIFIER = "org.evenlight.ofx"
_BUILD = "build it with `make build`, or install the package with `pip install .`"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A copy of the bundle on disk."""

    path: Path

    @property
    def is_ours(self) -> bool:
        """Whether its Info.plist says so."""
        return self._info().get("CFBundleIdentifier") == _IDENTIFIER

    @property
    def version(self) -> str:
        """The version that was built; empty where it cannot be read."""
        return str(self._info().get("CFBundleVersion", ""))

    @property
    def binary(self) -> Path | None:
        """The library that this system's hosts load."""
        linux = f"Linux-{platform.machine().replace('_', '-')}"
        folder = {"darwin": "MacOS", "win32": "Win64"}.get(sys.platform, linux)
        file = self.path / "Contents" / folder / "Evenlight.ofx"
        return file if file.is_file() else None

    @property
    def python(self) -> Path | None:
        """The Python that it will start: its own, or as written at install."""
        try:
            lines = self._python_file.read_text("utf-8").splitlines()
        except OSError:
            return None
        named = (line.removeprefix("python=") for line in lines if line.startswith("python="))
        return next((self.path / "Contents" / name for name in named if name), None)

    def use_this_python(self) -> None:
        """Write down the running Python, not resolved, so that a virtual environment stays one."""
        if self.python == Path(sys.executable):
            return
        with _changing(self._python_file):
            self._python_file.parent.mkdir(exist_ok=True)
            fresh = self._python_file.with_suffix(f".{os.getpid()}")
            fresh.write_text(f"python={sys.executable}\n", "utf-8")
            fresh.replace(self._python_file)

    @property
    def _python_file(self) -> Path:
        return self.path / "Contents" / "Resources" / "python.txt"

    def _info(self) -> dict[str, object]:
        try:
            return plistlib.loads((self.path / "Contents" / "Info.plist").read_bytes())
        except (OSError, ValueError, plistlib.InvalidFileException):
            return {}


def built_bundle() -> Path:
    """The bundle that the package carries, told which Python to start.

    Raises MediaError where the package was built without it.
    """
    bundle = _carried()
    bundle.use_this_python()
    return bundle.path


def _carried() -> Bundle:
    folders = [Path(folder) / "bundle" / NAME for folder in evenlight.__path__]
    bundle = next((Bundle(path) for path in folders if path.is_dir()), None)
    if bundle is None:
        raise MediaError(f"this installation carries no {NAME}; {_BUILD}")
    if bundle.binary is None:
        raise MediaError(f"{bundle.path} holds no library for this system; {_BUILD}")
    return bundle


def system_folder() -> Path:
    """The folder in which the standard has every host look."""
    if sys.platform == "darwin":
        return Path("/Library/OFX/Plugins")
    if sys.platform == "win32":
        shared = os.environ.get("COMMONPROGRAMFILES", r"C:\Program Files\Common Files")
        return Path(shared) / "OFX" / "Plugins"
    return Path("/usr/OFX/Plugins")


def user_folder() -> Path:
    """A folder of the user's own; hosts look there when OFX_PLUGIN_PATH names it."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "OFX" / "Plugins"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "OFX" / "Plugins"
    return Path.home() / ".local" / "share" / "OFX" / "Plugins"


def searched_folders() -> list[Path]:
    """Folders in which hosts look: those of OFX_PLUGIN_PATH, then the standard's."""
    named = os.environ.get("OFX_PLUGIN_PATH", "").split(os.pathsep)
    folders = [Path(folder).expanduser() for folder in named if folder]
    return list(dict.fromkeys([*folders, system_folder()]))


def installed_bundles() -> list[Bundle]:
    """Copies that were installed, where hosts look or in the user's folder."""
    folders = dict.fromkeys([*searched_folders(), user_folder()])
    return [Bundle(folder / NAME) for folder in folders if (folder / NAME).exists()]


def install(folder: Path) -> Path:
    """Copy the bundle into `folder`, whole or not at all, and tell it to use this Python."""
    source = _carried().path
    target = _ours_or_nothing(folder / NAME)
    if target.resolve() == source.resolve():
        return target
    fresh, old = (folder / f".{NAME}.{os.getpid()}.{word}" for word in ("new", "old"))
    with _changing(target):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copytree(source, fresh)
            Bundle(fresh).use_this_python()
            if target.exists():
                target.rename(old)
            fresh.rename(target)
        finally:
            if old.exists() and not target.exists():
                old.rename(target)
            for rest in (fresh, old):
                shutil.rmtree(rest, ignore_errors=True)
    return target


def uninstall(folder: Path) -> Path:
    """Remove the bundle from `folder`."""
    target = _ours_or_nothing(folder / NAME)
    if not target.exists():
        raise MediaError(f"there is no {NAME} in {folder}")
    with _changing(target):
        gone = folder / f".{NAME}.{os.getpid()}.old"
        target.rename(gone)
        shutil.rmtree(gone)
    return target


def _ours_or_nothing(path: Path) -> Path:
    if (path.exists() or path.is_symlink()) and not (path.is_dir() and Bundle(path).is_ours):
        raise MediaError(f"{path} is not a bundle of Evenlight; move it away first")
    return path


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(
            f"{path} cannot be changed: {reason}; use a folder that you may write to, or the "
            "rights of an administrator"
        ) from error
