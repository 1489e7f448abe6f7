# SPDX-License-Identifier: Apache-2.0
"""`make pictures`: the pictures of docs/guide.md, from the films of the benchmark.

One row of frames, or one graph of brightness, for each parameter that matters.
"""

from __future__ import annotations

import argparse
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from tests.bench import clips
from tests.bench.peers import package

from evenlight.calls import Value
from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.evaluation.split import FILMS, JUDGING
from evenlight.frames import Array

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "guide"
_RUINS, _MARKET, _TRAIN = FILMS[:3]
_NASA = JUDGING[1]
_STREET, _OFFICE = (0.45, 0.0, 1.0, 0.75), (0.3, 0.2, 0.9, 0.8)  # parts of those films
_WALL = (0.0, 8 / 9, 2 / 12, 1.0)  # a part of the office that nothing passes
_WIDTH = 10.0  # inches, at 100 pixels each
_LUMA = (0.2126, 0.7152, 0.0722)

#: What is set, by the words below the picture of it; None is the source.
Settings = Mapping[str, Mapping[str, Value] | None]


@dataclass(frozen=True)
class Strip:
    """One frame of a film under several settings, side by side."""

    effect: type[Effect]
    film: str
    frame: int
    settings: Settings
    crop: tuple[float, float, float, float] = (0, 0, 1, 1)  # left, top, right, bottom, in shares


@dataclass(frozen=True)
class Graph:
    """Brightness of a film over its frames under several settings."""

    effect: type[Effect]
    film: str
    frames: range
    settings: Settings
    patch: tuple[float, float, float, float] = field(default=(0, 0, 1, 1))


def _levels(name: str, *values: Value, **more: Value) -> Settings:
    """A parameter at each of some values; `more` are set beside it."""
    return {f"{name} {value}": {name: value, **more} for value in values}


_SOURCE: Settings = {"source": None}
PICTURES: dict[str, Strip | Graph] = {
    "deflicker_steadiness": Graph(
        Deflicker, _RUINS, range(4, 45), {**_SOURCE, **_levels("steadiness", 0, 0.5, 1)}
    ),
    "deflicker_strength": Graph(
        Deflicker, _MARKET, range(4, 56), {**_SOURCE, **_levels("strength", 0.5, 1)}
    ),
    "deflicker_exposure_trim": Strip(
        Deflicker, _RUINS, 20, _levels("exposure_trim", -0.5, 0, 0.5)
    ),
    "deflicker_view": Strip(
        Deflicker, _MARKET, 24,
        _levels("view", "result", "difference", "correction", "graph"),
    ),
    "deflicker_method": Graph(
        Deflicker, _MARKET, range(4, 56), {**_SOURCE, **_levels("method", "classical", "learned")}
    ),
    "deflicker_still_patch": Graph(
        Deflicker, _TRAIN, range(48), {**_SOURCE, **_levels("method", "classical", "learned")},
        _WALL,
    ),
    "deblotch_view": Strip(
        Deblotch, _TRAIN, 21, _levels("view", "result", "matte", "overlay", "difference")
    ),
    "deblotch_sensitivity": Strip(
        Deblotch, _MARKET, 36,
        {**_SOURCE, **_levels("sensitivity", 0.2, 0.5, 0.8, view="overlay")}, _STREET,
    ),
    "deblotch_motion_protection": Strip(
        Deblotch, _MARKET, 24, _levels("motion_protection", 0, 0.5, 1, view="overlay"), _STREET
    ),
    "deblotch_blotches": Strip(
        Deblotch, _TRAIN, 21, _levels("blotches", "both", "dark", "bright", view="overlay")
    ),
    "deblotch_smallest": Strip(
        Deblotch, _MARKET, 38, _levels("smallest", 0, 1.5, 4, view="overlay"), _STREET
    ),
    "deblotch_grow": Strip(
        Deblotch, _TRAIN, 21, _levels("grow", 0, 8, 20, view="overlay"), _OFFICE
    ),
    "deblotch_close_gaps": Strip(
        Deblotch, _TRAIN, 21, _levels("close_gaps", 0, 12, 32, view="overlay"),
        _OFFICE,
    ),
    "deblotch_grain": Strip(
        Deblotch, _TRAIN, 21, {**_SOURCE, **_levels("grain", 0, 1)}, _OFFICE
    ),
    "restore": Strip(
        Restore, _TRAIN, 21,
        {**_SOURCE, "flicker 1, repair 0": {"repair": 0}, "flicker 0, repair 1": {"flicker": 0},
         "both (default)": {}},
    ),
    "restore_nasa": Strip(Restore, _NASA, 40, {**_SOURCE, "result": {}}),
}  # fmt: skip


@cache
def _film(data: Path, name: str) -> Array:
    """Frames (T, H, W, 3) uint8 of a film."""
    return clips.load(data, name, frames=96, size=None)


def _rendered(effect: type[Effect], film: Array, frame: int, values: Mapping[str, Value]) -> Array:
    """One frame (H, W, 3) uint8."""
    return package(effect, values)(film, range(frame, frame + 1))[0]


def _part(picture: Array, shares: tuple[float, float, float, float]) -> Array:
    height, width = picture.shape[:2]
    left, top, right, bottom = (
        round(share * side) for share, side in zip(shares, (width, height) * 2, strict=True)
    )
    return picture[top:bottom, left:right]


def _drawn_strip(strip: Strip, data: Path) -> plt.Figure:
    film = _film(data, strip.film)
    pictures = [
        _part(
            film[strip.frame] if values is None
            else _rendered(strip.effect, film, strip.frame, values),
            strip.crop,
        )
        for values in strip.settings.values()
    ]  # fmt: skip
    height, width = pictures[0].shape[:2]
    columns = 2 if len(pictures) == 4 else len(pictures)
    rows = len(pictures) // columns
    tall = rows * (_WIDTH / columns * height / width + 0.35)
    figure, places = plt.subplots(rows, columns, figsize=(_WIDTH, tall), squeeze=False)
    for place, picture, words in zip(places.flat, pictures, strip.settings, strict=True):
        place.imshow(picture, interpolation="lanczos")
        place.set_xlabel(words.replace("_", " "))
        place.set_xticks([])
        place.set_yticks([])
    return figure


def _drawn_graph(graph: Graph, data: Path) -> plt.Figure:
    film = _film(data, graph.film)
    figure, place = plt.subplots(figsize=(_WIDTH, 3))
    for words, values in graph.settings.items():
        frames = (
            film[graph.frames.start : graph.frames.stop] if values is None
            else package(graph.effect, values)(film, graph.frames)
        )  # fmt: skip
        levels = [float(np.mean(_part(frame, graph.patch) @ _LUMA)) for frame in frames]
        is_source = values is None
        place.plot(
            graph.frames, levels, label=words.replace("_", " "),
            color="0.6" if is_source else None, linewidth=1 if is_source else 1.6,
        )  # fmt: skip
    place.set_xlabel("frame")
    place.set_ylabel("mean brightness (of 255)")
    place.legend(
        ncols=len(graph.settings), frameon=False, loc="lower right", bbox_to_anchor=(1, 0.98)
    )
    place.spines[["top", "right"]].set_visible(False)
    return figure


def draw(name: str, data: Path) -> Path:
    """Draw one picture of PICTURES; its file."""
    picture = PICTURES[name]
    figure = (
        _drawn_strip(picture, data) if isinstance(picture, Strip) else _drawn_graph(picture, data)
    )
    figure.tight_layout(pad=0.3)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.jpg"
    figure.savefig(path, dpi=100, pil_kwargs={"quality": 85})
    plt.close(figure)
    return path


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the pictures whose names fit a pattern."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmark's films")
    parser.add_argument("--only", default="*", help="pattern of names")
    given = parser.parse_args(arguments)
    mpl.use("Agg")
    for name in fnmatch.filter(PICTURES, given.only):
        print(draw(name, given.data))  # noqa: T201 - a command


if __name__ == "__main__":
    main()
