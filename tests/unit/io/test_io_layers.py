# SPDX-License-Identifier: Apache-2.0
"""What is inside an image beside its picture comes out bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO
import pytest

from evenlight.cli.main import run
from evenlight.errors import FrameError, ParamError
from evenlight.frames import Array
from evenlight.io import open_clip

GAINS = (1.0, 0.75, 1.2, 0.85, 1.1, 0.7, 1.15, 0.9, 1.25, 0.8, 1.05, 0.95)
SIZE = (216, 384)
Part = Mapping[str, Array]


def scene(gain: float, dtype: str = "f2") -> dict[str, Array]:
    """R, G and B of a picture whose light is `gain`."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    texture = 0.15 * np.sin(x * 0.9) * np.sin(y * 0.7)
    planes = (x / SIZE[1], y / SIZE[0], np.full(SIZE, 0.5))
    return {
        name: (np.clip(0.8 * plane + 0.1 + texture, 0.05, 1) * gain).astype(dtype)
        for name, plane in zip("RGB", planes, strict=True)
    }


def under(prefix: str, channels: Part) -> dict[str, Array]:
    return {f"{prefix}.{name}": plane for name, plane in channels.items()}


def data(seed: int, *names: str, dtype: str = "f4") -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    if dtype == "u4":
        return {n: rng.integers(2**24, 2**32, SIZE, dtype=np.uint32) for n in names}
    return {name: rng.normal(10, 50, SIZE).astype(dtype) for name in names}


def save(path: Path, parts: Mapping[str, Part], **header: object) -> None:
    """An EXR of these parts; one part has no name."""
    made = []
    for name, channels in parts.items():
        own = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}
        made.append(OpenEXR.Part({**own, "name": name} if len(parts) > 1 else own, dict(channels)))
    OpenEXR.File(made).write(str(path))


def planes(path: Path) -> dict[str, Array]:
    """All channels of all parts as they are stored."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {
            f"{place}/{name}": np.array(channel.pixels)
            for place, part in enumerate(file.parts)
            for name, channel in part.channels.items()
        }


def deflicker(source: Path, target: Path, *more: str) -> int:
    return run(["deflicker", str(source), str(target), *more])


def jitter(images: list[dict[str, Array]], name: str) -> float:
    means = [float(image[name].astype(float).mean()) for image in images]
    return float(np.std(means) / np.mean(means))


KINDS: dict[str, tuple[Callable[[float, int], dict[str, Part]], str, list[str]]] = {
    "depth before the picture": (
        lambda gain, n: {"": {**data(n, "Depth.Z"), **under("Image", scene(gain, "f4"))}},
        "0/Image.",
        [],
    ),
    "normals": (
        lambda gain, n: {
            "": {**data(n, "N.X", "N.Y", "N.Z", dtype="f2"), **under("beauty", scene(gain))}
        },
        "0/beauty.",
        [],
    ),
    "ids of 32 bits": (
        lambda gain, n: {"": {**scene(gain), **data(n, "id", dtype="u4")}},
        "0/",
        [],
    ),
    "an integer layer of red, green and blue": (
        lambda gain, n: {
            "": {**under("paint", scene(gain)), **data(n, "id.R", "id.G", "id.B", dtype="u4")}
        },
        "0/paint.",
        [],
    ),
    "a layer by its name": (
        lambda gain, n: {"": {**under("a", scene(1.0)), **under("b", scene(gain)), **data(n, "Z")}},
        "0/b.",
        ["--layer", "b"],
    ),
    "cryptomatte": (
        lambda gain, n: {
            "": {
                **under("View.Combined", scene(gain)),
                **under("View.CryptoObject00", data(n, "r", "g", "b", "a")),
            }
        },
        "0/View.Combined.",
        [],
    ),
    "parts": (
        lambda gain, n: {
            "rgba": scene(gain),
            "depth": data(n, "Z"),
            "ids": data(n, "id.R", "id.G", dtype="u4"),
        },
        "0/",
        [],
    ),
    "the picture in the second part": (
        lambda gain, n: {"depth": data(n, "Z"), "beauty": scene(gain, "f4")},
        "1/",
        [],
    ),
    "a part by its name": (
        lambda gain, n: {"left": scene(1.0), "right": scene(gain), "depth": data(n, "Z")},
        "1/",
        ["--layer", "right"],
    ),
    "words for colours": (
        lambda gain, n: {
            "": {
                **{
                    f"plate.{word}": plane
                    for word, plane in zip(
                        ("red", "green", "blue"), scene(gain).values(), strict=True
                    )
                },
                **data(n, "forward.u", "forward.v"),
            }
        },
        "0/plate.",
        [],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_is_steadied_and_all_else_kept(tmp_path: Path, kind: str) -> None:
    make, prefix, more = KINDS[kind]
    for number, gain in enumerate(GAINS, 1):
        save(tmp_path / f"in.{number:04d}.exr", make(gain, number))
    assert deflicker(tmp_path / "in.####.exr", tmp_path / "out.####.exr", *more) == 0
    before, after = (
        [planes(tmp_path / f"{name}.{n:04d}.exr") for n in range(1, len(GAINS) + 1)]
        for name in ("in", "out")
    )
    treated = [name for name in before[0] if name.startswith(prefix)]
    treated = [name for name in treated if before[0][name].dtype.kind == "f"]
    if kind == "ids of 32 bits":
        treated = ["0/R", "0/G", "0/B"]
    assert len(treated) == 3
    for name in treated:
        assert jitter(before, name) > 0.15
        assert jitter(after, name) < 0.03, name
    for was, now in zip(before, after, strict=True):
        assert list(was) == list(now)
        for name in was:
            assert was[name].dtype == now[name].dtype
            if name not in treated:
                assert np.array_equal(was[name], now[name]), name


def test_tiles_attributes_and_lines_stay(tmp_path: Path) -> None:
    header = {
        "type": OpenEXR.tiledimage,
        "tiles": _tiles(),
        "compression": OpenEXR.PIZ_COMPRESSION,
        "owner": "the archive",
        "framesPerSecond": Fraction(24000, 1001),
    }
    for number in (1, 2, 3):
        save(tmp_path / f"in.{number}.exr", {"": {**scene(1), **data(number, "Z")}}, **header)
    assert deflicker(tmp_path / "in.#.exr", tmp_path / "out.#.exr", "--strength", "0") == 0
    for number in (1, 2, 3):
        was, now = (
            OpenEXR.File(str(tmp_path / f"{n}.{number}.exr"), header_only=True).header()
            for n in ("in", "out")
        )
        assert {k: str(v) for k, v in was.items()} == {k: str(v) for k, v in now.items()}


def _tiles() -> OpenEXR.TileDescription:
    tiles = OpenEXR.TileDescription()
    tiles.xSize = tiles.ySize = 16
    return tiles


def test_a_picture_that_is_not_plain_must_be_named(tmp_path: Path) -> None:
    save(tmp_path / "two.exr", {"": {**under("a", scene(1)), **under("b", scene(1))}})
    with pytest.raises(
        ParamError, match="several layers with colours; name one with --layer: a, b"
    ):
        open_clip(tmp_path / "two.exr")
    with pytest.raises(ParamError, match=r"no picture of that name, but a, b"):
        open_clip(tmp_path / "two.exr", layer="c")
    save(tmp_path / "normals.exr", {"": data(1, "N.X", "N.Y", "N.Z", "Z")})
    with pytest.raises(ParamError, match=r"no layer with colours; name one with --layer: .*N"):
        open_clip(tmp_path / "normals.exr")
    assert open_clip(tmp_path / "normals.exr", layer="N").shape[2] == 3


def test_layers_that_are_left_are_told(tmp_path: Path) -> None:
    save(tmp_path / "in.exr", {"": {**scene(1), **under("diffuse", scene(1))}})
    assert any("diffuse" in notice for notice in open_clip(tmp_path / "in.exr").notices)


def test_a_deep_image_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = OpenImageIO.ImageSpec(8, 8, 4, "half")
    spec.channelnames, spec.deep = ("R", "G", "B", "A"), True
    out = OpenImageIO.ImageOutput.create("deep.exr")
    for number in (1, 2):
        assert out.open(str(tmp_path / f"deep.{number}.exr"), spec)
        deep = OpenImageIO.DeepData()
        deep.init(64, 4, ["half"] * 4, ["R", "G", "B", "A"])
        assert out.write_deep_image(deep)
        assert out.close()
    with pytest.raises(FrameError, match="deep image"):
        open_clip(tmp_path / "deep.#.exr")
    assert deflicker(tmp_path / "deep.#.exr", tmp_path / "o.#.exr", "--jobs", "2") == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "flatten it" in told


def test_smaller_copies_are_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = OpenImageIO.ImageBuf(OpenImageIO.ImageSpec(64, 64, 3, "half"))
    OpenImageIO.ImageBufAlgo.fill(image, (0.2, 0.3, 0.4))
    for number in (1, 2):
        OpenImageIO.ImageBufAlgo.make_texture(
            OpenImageIO.MakeTxTexture, image, str(tmp_path / f"in.{number}.exr"),
            OpenImageIO.ImageSpec(),
        )  # fmt: skip
    assert deflicker(tmp_path / "in.#.exr", tmp_path / "out.#.exr") == 0
    assert "smaller copies" in capsys.readouterr().err
    assert np.array_equal(
        planes(tmp_path / "out.1.exr")["0/R"], planes(tmp_path / "in.1.exr")["0/R"]
    )


@pytest.mark.parametrize("depth", ["uint8", "uint16", "float", "uint", "int16"])
def test_every_page_of_a_tiff_is_kept(tmp_path: Path, depth: str) -> None:
    dtype = np.dtype({"float": "f4", "uint": "u4"}.get(depth, depth))
    rng = np.random.default_rng(2)
    first = (rng.random((20, 30, 3)) * 255).astype(np.uint8)
    second = rng.integers(0, 1000, (9, 12, 1)).astype(dtype) * dtype.type(31)
    for number in (1, 2, 3):
        _save_pages(tmp_path / f"in.{number}.tif", [("uint8", first), (depth, second)])
    assert deflicker(tmp_path / "in.#.tif", tmp_path / "out.#.tif", "--strength", "0") == 0
    for number in (1, 2, 3):
        image = OpenImageIO.ImageInput.open(str(tmp_path / f"out.{number}.tif"))
        for place, page in enumerate((first, second)):
            assert image.seek_subimage(place, 0)
            assert image.spec()["compression"] == "lzw"
            pixels = image.read_image("unknown")
            assert pixels.dtype == page.dtype
            assert np.array_equal(pixels.reshape(page.shape), page)
        assert not image.seek_subimage(2, 0)


def _save_pages(path: Path, pages: list[tuple[str, Array]]) -> None:
    out = OpenImageIO.ImageOutput.create("x.tif")
    for place, (kind, page) in enumerate(pages):
        height, width, channels = page.shape
        spec = OpenImageIO.ImageSpec(width, height, channels, kind)
        spec["compression"] = "lzw"
        assert out.open(str(path), spec, "AppendSubimage" if place else "Create")
        assert out.write_image(page)
    assert out.close()


def test_parts_that_do_not_fit_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        save(tmp_path / f"in.{number}.exr", {"rgb": scene(1), "depth": data(number, "Z")})
    assert deflicker(tmp_path / "in.#.exr", tmp_path / "out.#.tif") == 0
    assert "1 more parts or pages does not fit" in capsys.readouterr().err


@pytest.mark.parametrize("overscan", [0, 4])
def test_data_windows_that_vary_are_rendered_in_the_display_window(
    tmp_path: Path, overscan: int
) -> None:
    height, width = SIZE
    corners = [(3 * (n % 3) - overscan, 2 * (n % 4) - overscan) for n in range(len(GAINS))]
    for number, ((left, top), gain) in enumerate(zip(corners, GAINS, strict=True), 1):
        whole = {**scene(gain), **data(number, "Z")}
        part = {
            name: np.ascontiguousarray(p[max(top, 0) :, max(left, 0) :])
            for name, p in whole.items()
        }
        part = {
            name: np.pad(p, ((max(-top, 0), 0), (max(-left, 0), 0)), constant_values=7)
            for name, p in part.items()
        }
        windows = {
            "dataWindow": _box(left, top, width - 1, height - 1),
            "displayWindow": _box(0, 0, width - 1, height - 1),
        }
        save(tmp_path / f"in.{number:04d}.exr", {"": part}, **windows)
    assert deflicker(tmp_path / "in.####.exr", tmp_path / "out.####.exr") == 0
    inside: dict[str, list[float]] = {"in": [], "out": []}
    for number, (left, top) in enumerate(corners, 1):
        files = {name: tmp_path / f"{name}.{number:04d}.exr" for name in inside}
        for name, file in files.items():
            found = planes(file)["0/G"]
            inside[name].append(float(found[12 - top : 48 - top, 12 - left : 90 - left].mean()))
        was, now = planes(files["in"]), planes(files["out"])
        assert was["0/G"].shape == now["0/G"].shape
        assert np.array_equal(was["0/Z"], now["0/Z"])
        beyond = now["0/G"][: max(-top, 0)]
        assert (beyond == 7).all()
    steady = {name: np.std(means) / np.mean(means) for name, means in inside.items()}
    assert steady["in"] > 0.15
    assert steady["out"] < 0.03


def _box(left: int, top: int, right: int, bottom: int) -> tuple[Array, Array]:
    return np.array([left, top], np.int32), np.array([right, bottom], np.int32)
