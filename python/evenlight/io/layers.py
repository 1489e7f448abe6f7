# SPDX-License-Identifier: Apache-2.0
"""Layers of an image file, and the one that makes the picture.

A layer is what the channels of one part or page have in common before the last point of their
names. What is not of the picture goes along untouched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import ParamError

#: Last words of channels' names, as files and hosts have them, by what they stand for.
_WORDS = {"r": "R", "red": "R", "g": "G", "green": "G", "b": "B", "blue": "B"}
_WORDS |= {"a": "A", "alpha": "A", "y": "Y", "ry": "RY", "by": "BY"}


@dataclass(frozen=True, slots=True)
class Layer:
    """Channels of one part of a file that belong together."""

    part: int  # of the file, from 0
    part_name: str
    prefix: str  # of the channels' names
    #: Indices in the part, by what the channels stand for: a colour, or their own last words.
    channels: Mapping[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the layer answers to; none where it has none."""
        own = [name for name in (self.prefix, self.part_name) if name]
        return tuple(own) if len(own) < 2 else (*own, f"{self.part_name}.{self.prefix}")

    @property
    def colours(self) -> tuple[int, ...]:
        """Indices of red, green, blue and alpha, or of grey; none where it has no colour."""
        if all(letter in self.channels for letter in "RGB"):
            return tuple(self.channels[letter] for letter in "RGBA" if letter in self.channels)
        is_grey = "Y" in self.channels and self.channels.keys() <= {"Y", "A", "RY", "BY"}
        return (self.channels["Y"],) if is_grey else ()

    @property
    def picture(self) -> tuple[int, ...]:
        """Indices of the channels to work on: the colours, else one or three channels as they are.

        None where the layer cannot be seen as a picture.
        """
        return self.colours or (
            tuple(self.channels.values()) if len(self.channels) in (1, 3) else ()
        )


def layers_of(
    part: int, name: str, channels: Sequence[str], integer: Sequence[bool]
) -> list[Layer]:
    """The layers of one part; `integer` marks channels that hold ids, which are of no layer."""
    found: dict[str, dict[str, int]] = {}
    for place, channel in enumerate(channels):
        prefix, _, word = channel.rpartition(".")
        if not integer[place]:
            found.setdefault(prefix, {}).setdefault(_WORDS.get(word.lower(), word), place)
    return [Layer(part, name, prefix, own) for prefix, own in found.items()]


def choose(layers: Sequence[Layer], name: str, path: object) -> Layer:
    """The layer that answers to `name`; where that is empty, the one that is the picture.

    That is the first one whose channels have no prefix, else the only one with colours, else the
    only one at all; cryptomattes have none. Raises ParamError where there is no such layer or more
    than one.
    """
    if name:
        named = [layer for layer in layers if name in layer.names]
        found = named if len(named) == 1 else [layer for layer in named if layer.colours]
    else:
        found = _pictures(layers)
    if len(found) == 1 and found[0].picture:
        return found[0]
    if name:
        kind = f"has {len(found)} layers" if found else "has no picture"
        raise ParamError(f"layer is {name!r}; {path} {kind} of that name, but {listed(layers)}")
    kind = "several layers with colours" if found else "no layer with colours"
    raise ParamError(f"{path} has {kind}; name one with --layer: {listed(found or layers)}")


def _pictures(layers: Sequence[Layer]) -> list[Layer]:
    """The layers that may be meant where none is named."""
    coloured = [layer for layer in layers if layer.colours and not _is_cryptomatte(layer)]
    rgb = [layer for layer in coloured if len(layer.colours) > 1]
    plain = [layer for layer in rgb or coloured if not layer.prefix]
    if plain:
        return plain[:1]
    return rgb or coloured or (list(layers) if len(layers) == 1 else [])


def _is_cryptomatte(layer: Layer) -> bool:
    return "crypto" in f"{layer.part_name}.{layer.prefix}".lower()


def listed(layers: Sequence[Layer]) -> str:
    """The layers' names, for a sentence."""
    return ", ".join(dict.fromkeys(map(_shown, layers))) or "none"


def _shown(layer: Layer) -> str:
    nameless = f"part {layer.part + 1}" if layer.part else "one without a name"
    return (*layer.names[:1], nameless)[0]
