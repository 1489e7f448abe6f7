# SPDX-License-Identifier: Apache-2.0
"""Properties by the `@propdef` blocks of the ASWF headers, read where the user has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .._errors import ParamError
from .._host import Access
from .._report import Severity

_BLOCK = re.compile(r"@propdef(?P<about>.*?)\*/\s*#define\s+\w+\s+\"(?P<name>\w+)\"", re.DOTALL)
#: Types of the headers, as the suites have them.
_TYPES = {"int": "int", "bool": "int", "double": "double", "string": "string", "enum": "string",
          "pointer": "pointer"}  # fmt: skip
#: Properties whose name ends with that of a clip.
_BY_CLIP = re.compile(
    r"^OfxImageClipProp(Components|Depth|PAR|FrameRange|RoI|PreferredColourspaces)_"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A property of the standard."""

    name: str
    types: frozenset[str]  # of the suites: "int", "double", "string", "pointer"
    dimension: int  # 0: as many as are set


def read_definitions(folder: Path) -> dict[str, Definition]:
    """The properties that headers in a folder define; raises ParamError where there are none."""
    found: dict[str, Definition] = {}
    for header in sorted(folder.glob("*.h")):
        for block in _BLOCK.finditer(header.read_text("utf-8", errors="replace")):
            definition = _definition(block["name"], block["about"])
            if definition is not None:
                found[definition.name] = definition
    if not found:
        raise ParamError(f"{folder} holds no headers with @propdef blocks (OpenFX 1.5.1 and later)")
    return found


def _definition(name: str, about: str) -> Definition | None:
    fields = dict(re.findall(r"^[ \t]*(\w+):[ \t]*(.*?)[ \t]*$", about, re.M))
    types = {_TYPES[each] for each in re.findall(r"\w+", fields.get("type", "")) if each in _TYPES}
    if not types:
        return None
    dimension = fields.get("dimension", "1")
    return Definition(name, frozenset(types), int(dimension) if dimension.isdecimal() else 0)


def judge(
    definitions: Mapping[str, Definition],
    access: Access,
    note: Callable[[str, Severity, str], None],
) -> None:
    """Report where a plug-in uses a property otherwise than it is defined.

    Warnings, for headers err, too; what hosts stumble over is an error of strict mode.
    """
    how = f"{access.name} is {'written' if access.writes else 'read'}"
    definition = definitions.get(access.name)
    if definition is None:
        if access.name.startswith(("Ofx", "kOfx")) and not _BY_CLIP.match(access.name):
            severity = Severity.WARNING if access.writes else Severity.NOTE
            text = f"{how} on a set of kind {access.kind}; no header defines it"
            note("undefined-property", severity, text)
        return
    if access.type not in definition.types:
        types = " or ".join(sorted(definition.types))
        note("property-type", Severity.WARNING, f"{how} as {access.type}; it is {types}")
    if definition.dimension and access.index >= definition.dimension:
        text = f"{how} at index {access.index}; its dimension is {definition.dimension}"
        note("property-index", Severity.WARNING, text)
