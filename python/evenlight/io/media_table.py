# SPDX-License-Identifier: Apache-2.0
"""Tables of docs/media.md: what each container and each format of images keeps, from the code.

python -m evenlight.io.media_table     rewrite the tables in a checkout
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import OpenImageIO

from .containers import CONTAINERS, Container
from .image_metadata import describe, left_behind, said
from .image_plan import DEPTHS
from .stream_format import StreamFormat

DOCUMENT = Path("docs/media.md")
ROOT = Path(__file__).resolve().parents[3]
#: Columns of the first table: a heading, and the field of a container that answers it.
_COLUMNS = (
    ("colour tags", "colours"),
    ("HDR light, ICC", "mastering"),
    ("pixel aspect", "sample_aspect"),
    ("field order", "field_order"),
    ("rotation, mirroring", "display_matrix"),
    ("timecode", "timecode"),
    ("uneven frame times", "uneven_rate"),
    ("chapters", "chapters"),
    ("attachments", "attachments"),
    ("cover", "cover"),
)
_FORMATS = {
    "OpenEXR": ".exr", "DPX": ".dpx", "TIFF": ".tif", "PNG": ".png", "JPEG": ".jpg",
    "Targa": ".tga",
}  # fmt: skip
_DEPTH_WORDS = {"uint8": "8", "uint16": "16", "half": "half float", "float": "float"}
_BEGIN, _END = "<!-- generated: {} -->", "<!-- end -->"


def containers_markdown() -> str:
    """The table of containers."""
    heads = ["container", "endings", *(head for head, _ in _COLUMNS)]
    return _table([heads, ["---"] * len(heads), *map(_ticks, CONTAINERS)])


def _ticks(container: Container) -> list[str]:
    ticks = ["yes" if getattr(container, name) else "-" for _, name in _COLUMNS]
    return [container.name, " ".join(container.suffixes), *ticks]


def contents_markdown() -> str:
    """The table of what is put into containers."""
    heads = ["container", "codecs, the customary first", "sound and subtitles", "tags"]
    return _table([heads, ["---"] * len(heads), *map(_contents, CONTAINERS)])


def _contents(container: Container) -> list[str]:
    beside = (
        ", ".join(container.beside) if container.beside is not None else "what FFmpeg puts there"
    )
    tags = "any" if container.tags is None else ", ".join(sorted(container.tags)) or "-"
    return [container.name, ", ".join(container.families), beside, tags]


def images_markdown() -> str:
    """The table of formats of images, each of which is tried."""
    spec = OpenImageIO.ImageSpec(8, 8, 3, "uint8")
    describe(spec, _TALKATIVE, 0)
    for name, value in (("DateTime", "2001:01:01 00:00:00"), ("Artist", "a"), ("Copyright", "c")):
        spec.attribute(name, value)
    spec.attribute("ImageDescription", "d")
    whats = said(spec)
    lost = {name: left_behind(spec, suffix) for name, suffix in _FORMATS.items()}
    heads = [what.removeprefix("the ") for what in whats]
    rows = [["format", "depths", *heads], ["---"] * (len(heads) + 2)]
    for name, suffix in _FORMATS.items():
        depths = ", ".join(_DEPTH_WORDS[depth] for depth in DEPTHS.get(suffix, ("uint8",)))
        rows.append([name, depths, *("-" if what in lost[name] else "yes" for what in whats)])
    return _table(rows)


#: A small ICC profile: a header, and one tag.
_PROFILE = struct.pack(
    ">I4sI4s4s4s12s4s24xI3i48xI4sII", 156, b"none", 0x02000000, b"mntr", b"RGB ", b"XYZ ",
    bytes((7, 209, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0)), b"acsp", 0, 0xF6D6, 0x10000, 0xD32D,
    1, b"cprt", 144, 12,
) + b"text\0\0\0\0CC0\0"  # fmt: skip
_TALKATIVE = StreamFormat(
    8, 8, sample_aspect=Fraction(2), rate=Fraction(25), timecode="01:02:03:04",
    display_matrix=(0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30),
    side_data=(("ICC_PROFILE", _PROFILE),),
)  # fmt: skip


_TABLES = (
    ("containers", containers_markdown),
    ("contents", contents_markdown),
    ("images", images_markdown),
)


def updated(text: str) -> str:
    """The text of a document, with its tables made anew."""
    for name, make in _TABLES:
        begin = _BEGIN.format(name)
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(_END)
        text = f"{before}{begin}\n\n{make()}\n{_END}{after}"
    return text


def update(root: Path) -> None:
    """Rewrite the document in the checkout at `root`."""
    path = root / DOCUMENT
    path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")


def _table(rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    update(ROOT)
