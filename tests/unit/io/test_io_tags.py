# SPDX-License-Identifier: Apache-2.0
"""What an image says of itself goes along into another format, or is told."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenImageIO
import pytest
from PIL import Image, ImageCms

from evenlight.cli.main import run
from evenlight.io import open_clip
from evenlight.io.image_metadata import describe, rate_of
from evenlight.io.stream_format import StreamFormat

Make = Callable[..., Path]


def profile() -> bytes:
    """An ICC profile with other primaries than sRGB's."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for place in range(struct.unpack(">I", data[128:132])[0]):
        name, offset, _ = struct.unpack(">4sII", data[132 + 12 * place : 144 + 12 * place])
        if name == b"rXYZ":
            data[offset + 8 : offset + 20] = struct.pack(">3i", 39957, 20388, 1278)
    return bytes(data)


@pytest.fixture
def photos(tmp_path: Path) -> Callable[[str], Path]:
    """Writes three photographs that say much of themselves; gives the pattern."""

    def make(suffix: str) -> Path:
        rng = np.random.default_rng(4)
        for number in (1, 2, 3):
            image = Image.fromarray((rng.random((24, 40, 3)) * 255).astype(np.uint8))
            exif = Image.Exif()
            exif[0x112], exif[0x8298], exif[0x13B] = 6, "the owner", "the artist"
            image.save(tmp_path / f"in.{number}{suffix}", exif=exif, icc_profile=profile())
        return tmp_path / f"in.#{suffix}"

    return make


def spec_of(path: Path) -> Any:
    image = OpenImageIO.ImageInput.open(str(path))
    spec = OpenImageIO.ImageSpec(image.spec())
    image.close()
    return spec


#: What is looked for, by the word that a note has for it.
TOLD = {"ICC profile": "ICCProfile", "orientation": "Orientation", "copyright": "Copyright"}
TOLD |= {"artist": "Artist"}


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".exr", ".dpx", ".tga"])
@pytest.mark.parametrize("source", [".jpg", ".png", ".tif"])
def test_tags_are_kept_or_told(
    photos: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    source: str,
    suffix: str,
) -> None:
    assert run(["deflicker", str(photos(source)), str(tmp_path / f"out.#{suffix}")]) == 0
    told = capsys.readouterr().err
    was, now = spec_of(tmp_path / f"in.2{source}"), spec_of(tmp_path / f"out.2{suffix}")
    n_kept = 0
    for word, name in TOLD.items():
        wanted, found = was.getattribute(name), now.getattribute(name)
        if wanted is None:
            continue
        is_kept = found is not None and np.array_equal(wanted, found)
        n_kept += is_kept
        assert is_kept != (f"the {word} does not fit" in told), (word, wanted, found, told)
    assert n_kept >= (1 if suffix == ".tga" else 2)


@pytest.mark.parametrize("suffix", [".exr", ".dpx", ".tif", ".png", ".jpg", ".tga"])
@pytest.mark.parametrize("source", ["in.####.exr", "in.####.dpx", "in.####.tif", "in.####.png"])
def test_the_shape_of_pixels_is_kept(
    make_images: Make, tmp_path: Path, source: str, suffix: str
) -> None:
    depth = "half" if source.endswith("exr") else "uint8"
    make_images(source, depth=depth, PixelAspectRatio=2.0)
    assert run(["deflicker", str(tmp_path / source), str(tmp_path / f"o.####{suffix}")]) == 0
    assert spec_of(tmp_path / f"o.1002{suffix}")["PixelAspectRatio"] == pytest.approx(2, abs=0.01)


def test_rate_and_timecode_go_from_dpx_to_exr_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2, 3):
        spec = OpenImageIO.ImageSpec(32, 16, 3, "uint16")
        spec["oiio:BitsPerSample"], spec["dpx:FrameRate"] = 10, 18.0
        spec["dpx:TimeCode"] = f"01:02:03:{number:02d}"
        out = OpenImageIO.ImageOutput.create("x.dpx")
        assert out.open(str(tmp_path / f"a.{number}.dpx"), spec)
        assert out.write_image(np.full((16, 32, 3), 0.2 + 0.1 * number, np.float32))
        assert out.close()
    for source, target in (("a.#.dpx", "b.#.exr"), ("b.#.exr", "c.#.dpx")):
        assert run(["deflicker", str(tmp_path / source), str(tmp_path / target)]) == 0
    for number in (1, 2, 3):
        linear = spec_of(tmp_path / f"b.{number}.exr")
        assert linear["FramesPerSecond"] == (18, 1)
        again = spec_of(tmp_path / f"c.{number}.dpx")
        assert again["dpx:TimeCode"] == f"01:02:03:{number:02d}"
        assert again["dpx:FrameRate"] == 18.0
    assert "timecode" not in capsys.readouterr().err
    assert run(["deflicker", str(tmp_path / "a.#.dpx"), str(tmp_path / "d.#.tif")]) == 0
    told = capsys.readouterr().err
    assert "the timecode does not fit" in told
    assert "the frame rate does not fit" in told


@pytest.mark.parametrize("drop", [True, False])
def test_a_videos_timecode_and_rate_go_into_images(tmp_path: Path, drop: bool) -> None:
    rate, mark = (Fraction(30000, 1001), ";") if drop else (Fraction(25), ":")
    with av.open(str(tmp_path / "in.mov"), "w") as container:
        stream: Any = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(16, 15)
        container.metadata["timecode"] = f"01:00:59{mark}20"
        for _ in range(14):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    for suffix in ("dpx", "exr"):
        command = ["deflicker", str(tmp_path / "in.mov"), str(tmp_path / f"o.##.{suffix}")]
        assert run([*command, "--frames", "9-12"]) == 0
        seconds, frames = ("01:00:59", 28) if drop else ("01:01:00", 3)
        spec = spec_of(tmp_path / f"o.09.{suffix}")
        assert stream_format_of(tmp_path / f"o.09.{suffix}").timecode.startswith(seconds)
        assert stream_format_of(tmp_path / f"o.09.{suffix}").timecode.endswith(f"{frames:02d}")
        assert rate_of(spec) == rate
        assert spec["PixelAspectRatio"] == pytest.approx(16 / 15, abs=1e-3)
    if drop:  # 01:00:59;29 is followed by 01:01:00;02
        assert stream_format_of(tmp_path / "o.11.exr").timecode == "01:01:00;02"


def stream_format_of(path: Path) -> StreamFormat:
    return open_clip(path).format


def test_the_rate_of_images_is_theirs_unless_it_is_said(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        spec = OpenImageIO.ImageSpec(32, 16, 3, "uint16")
        spec["dpx:FrameRate"] = 18.0
        out = OpenImageIO.ImageOutput.create("x.dpx")
        assert out.open(str(tmp_path / f"a.{number}.dpx"), spec)
        assert out.write_image(np.full((16, 32, 3), 0.2 + 0.1 * number, np.float32))
        assert out.close()
    source = str(tmp_path / "a.#.dpx")
    for more, rate in (([], 18), (["--rate", "25"], 25)):
        for jobs in ("1", "2"):
            target = tmp_path / f"o{rate}.{jobs}.mkv"
            command = ["deflicker", source, str(target), "--jobs", jobs, "--chunk", "2"]
            assert run([*command, *more]) == 0
            assert open_clip(target).rate == rate


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_is_a_display_matrix(tmp_path: Path, orientation: int) -> None:
    spec = OpenImageIO.ImageSpec(16, 8, 3, "uint8")
    spec.attribute("Orientation", orientation)
    out = OpenImageIO.ImageOutput.create("x.tif")
    assert out.open(str(tmp_path / "a.tif"), spec)
    assert out.write_image(np.zeros((8, 16, 3), np.uint8))
    assert out.close()
    found = stream_format_of(tmp_path / "a.tif")
    assert (found.display_matrix is None) == (orientation == 1)
    made = OpenImageIO.ImageSpec(16, 8, 3, "uint8")
    describe(made, found, 0)
    assert made.get_int_attribute("Orientation", 1) == orientation
