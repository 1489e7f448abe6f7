# SPDX-License-Identifier: Apache-2.0
"""The file that `evenlight doctor --bundle` writes for those who are to help.

It holds findings, versions and logs: no pixels, and of paths and names only those that every
installation has.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import socket
import sys
import sysconfig
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path

from .. import __version__
from ..errors import MediaError
from ..io.files import writing
from ..log import FOLDER, files

_PUBLIC = ("/usr", "/opt", "/lib", "/lib64", "/proc", "/sys", "/dev", "/Applications", "/Library")
_REST = r"""[^\s"'`,;()<>|]*"""  # of a word
_PATH = re.compile(rf"(?<![\w<>])(?:[A-Za-z]:[\\/]|~?[\\/]){_REST}")
_WORD_WITH_SLASH = re.compile(rf"""(?<![^\s"'`,;()|=:\[]){_REST}[\w.][\\/]{_REST}""")
_MEDIA = re.compile(
    r"""[^\s"'`,;()<>|/\\]+\.(?:exr|dpx|cin|tiff?|png|jpe?g|tga|mov|mp4|mkv|avi|mxf|m2?ts|webm|y4m|nut"""
    r"""|evenlight|json|ya?ml|edl|otio|ntp|nk|drp|mlt|kdenlive|xml)\b""",
    re.IGNORECASE,
)
_MOST_LOGS, _LONGEST = 8, 1 << 20


def write_bundle(path: Path, findings: Iterable[Mapping[str, str]]) -> None:
    """Write the report to a zip file that is not there yet; raises MediaError where it cannot."""
    if path.exists():
        raise MediaError(f"{path} exists; name another file")
    parts = {
        "findings.json": json.dumps(list(findings), indent=1),
        "system.json": json.dumps(_system(), indent=1),
        **_logs(),
    }
    with writing(path), zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(name, without_private(text))


def without_private(text: str) -> str:
    """A text whose paths, media files, user, machine and home are replaced by what they are."""
    for place, folder in _own_folders().items():
        text = text.replace(folder, place)
    text = _PATH.sub(lambda found: _public(found[0]), text)
    text = _WORD_WITH_SLASH.sub(lambda found: _public(found[0]), text)
    text = _MEDIA.sub("<file>", text)
    for name, word in _names().items():
        text = re.sub(rf"(?<![\w<]){re.escape(name)}(?![\w>])", word, text)
    return text


def _public(path: str) -> str:
    """A path that every installation may have, or the word for another."""
    is_public = path.startswith("<") or any(
        path == one or path.startswith(f"{one}/") for one in _PUBLIC
    )
    return path if is_public else "<path>"


def _own_folders() -> dict[str, str]:
    """Where Python and this package lie, by what they are called."""
    package = str(Path(__file__).parents[1])
    found = {"<evenlight>": package, "<packages>": sysconfig.get_path("purelib")}
    return found | {"<environment>": sys.prefix, "<python>": sys.base_prefix}


def _names() -> dict[str, str]:
    names = {socket.gethostname(): "<machine>", Path.home().name: "<user>"}
    with suppress(OSError, KeyError, ImportError):  # a process may have no user
        names[getpass.getuser()] = "<user>"
    return {name: word for name, word in names.items() if len(name) > 2}


def _system() -> dict[str, object]:
    ours = {name: value for name, value in os.environ.items() if name.startswith("EVENLIGHT_")}
    packages = {one.metadata["Name"]: one.version for one in distributions()}
    return {
        "evenlight": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": os.cpu_count(),
        "environment": ours,
        "packages": dict(sorted(packages.items())),
    }


def _logs() -> dict[str, str]:
    """The end of each of the newest logs, where logs are written to a folder."""
    folder = os.environ.get(FOLDER, "")
    if not folder:
        return {}
    found = {}
    for path in files(Path(folder))[:_MOST_LOGS]:
        with suppress(OSError):
            text = path.read_text(encoding="utf-8", errors="replace")
            found[f"logs/{path.name}"] = text[-_LONGEST:]
    return found
