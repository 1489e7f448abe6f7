# SPDX-License-Identifier: Apache-2.0
"""OpenFX hosts on this machine, and what they remember of plug-ins."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import MediaError


@dataclass(frozen=True, slots=True)
class Host:
    """A program that loads OpenFX plug-ins: its names on PATH and where it installs itself."""

    label: str
    commands: tuple[str, ...]
    places: tuple[str, ...]

    def find(self) -> Path | None:
        """The program, or None where it is not installed."""
        found = (shutil.which(command) for command in self.commands)
        on_path = next((Path(name) for name in found if name), None)
        return on_path or next(self._installed(), None)

    def _installed(self) -> Iterator[Path]:
        for place in self.places:
            path = Path(place).expanduser()
            yield from sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


HOSTS = (
    Host(
        "Natron",
        ("Natron", "NatronRenderer"),
        (
            "/opt/Natron*/bin/NatronRenderer",
            "/Applications/Natron.app",
            "~/Natron*/bin/NatronRenderer",
        ),
    ),
    Host(
        "DaVinci Resolve",
        ("resolve",),
        ("/opt/resolve/bin/resolve", "/Applications/DaVinci Resolve/DaVinci Resolve.app"),
    ),
    Host(
        "Fusion Studio",
        (),
        ("/opt/BlackmagicDesign/Fusion*/Fusion", "/Applications/Blackmagic Fusion*/Fusion.app"),
    ),
    Host(
        "Nuke",
        ("Nuke",),
        ("/usr/local/Nuke*/Nuke[0-9]*", "/opt/Nuke*/Nuke[0-9]*", "/Applications/Nuke*/Nuke*.app"),
    ),
    Host("MLT (Kdenlive, Shotcut)", ("melt", "melt-7"), ("/Applications/Shotcut.app",)),
    Host("Flame", (), ("/opt/Autodesk/flame*/bin/startApplication",)),
)


def caches() -> list[Path]:
    """Notes of hosts on the plug-ins they have scanned, those that are there.

    A host that has failed to load a plug-in once may go by its note and never try again.
    """
    home = Path.home()
    places = [home / ".cache" / "INRIA" / "Natron" / "OFXLoadCache"]
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        roaming = Path(os.environ.get("APPDATA", home / "AppData" / "Roaming"))
        places.append(local / "Temp" / "nuke" / "ofxplugincache")
        resolve = roaming / "Blackmagic Design" / "DaVinci Resolve" / "Support"
    else:
        places.append(Path(f"/var/tmp/nuke-u{os.getuid()}/ofxplugincache"))
        resolve = home / ".local" / "share" / "DaVinciResolve" / "configs"
    if sys.platform == "darwin":
        support = home / "Library" / "Application Support"
        resolve = support / "Blackmagic Design" / "DaVinci Resolve"
    places.append(resolve / "OFXPluginCacheV2.xml")
    return [place for place in places if place.exists()]


def clear(cache: Path) -> None:
    """Remove one; its host scans again when it starts next."""
    try:
        if cache.is_dir():
            shutil.rmtree(cache)
        else:
            cache.unlink()
    except OSError as error:
        raise MediaError(f"{cache} cannot be removed: {error.strerror}; quit its host") from error
