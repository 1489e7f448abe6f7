# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest

from evenlight.errors import BusyError, FrameError, MediaError
from evenlight.frames import Array
from evenlight.io import Missing, Reader, VideoOptions, create_clip, open_clip
from evenlight.io.files import Claim
from evenlight.io.pattern import Pattern

Make = Callable[..., Path]

KINDS = [
    ("half.####.exr", "half", ("R", "G", "B", "A"), {"x": 3, "y": -2, "full_width": 40}),
    ("float.####.exr", "float", ("R", "G", "B", "A", "Z", "N.x"), {"compression": "piz"}),
    ("ten.####.dpx", "uint16", ("R", "G", "B"), {"oiio__BitsPerSample": 10}),
    ("deep.####.tif", "uint16", ("R", "G", "B"), {"Software": "a scanner"}),
    ("float.####.tif", "float", ("R", "G", "B"), {}),
    ("a.####.png", "uint8", ("R", "G", "B", "A"), {"oiio__UnassociatedAlpha": 1}),
    ("grey.####.png", "uint16", ("Y",), {}),
]


def picture(reader: Reader, number: int) -> Array:
    frame = reader.frame(number)
    assert frame is not None
    return frame.pixels()


def raw(path: Path) -> tuple[object, np.ndarray]:
    image = OpenImageIO.ImageInput.open(str(path))
    return image.spec(), image.read_image("unknown")


def copy(source: Path, target: Path) -> Reader:
    return copy_of(open_clip(source), target)


def copy_of(reader: Reader, target: Path) -> Reader:
    numbers = range(reader.first, reader.last + 1)
    writer = create_clip(target, reader, numbers)
    for number in numbers:
        writer.write(number, picture(reader, number).copy())
    writer.finish()
    return reader


@pytest.mark.parametrize(
    ("name", "depth", "channels", "attributes"), KINDS, ids=[kind[0] for kind in KINDS]
)
def test_what_nobody_changed_comes_back_exactly(
    make_images: Make,
    tmp_path: Path,
    name: str,
    depth: str,
    channels: tuple[str, ...],
    attributes: dict[str, object],
) -> None:
    source = make_images(name, depth=depth, channels=channels, **attributes)
    copy(source, tmp_path / f"out_{name}")
    for number in (1001, 1002, 1003):
        before_spec, before = raw(tmp_path / name.replace("####", str(number)))
        after_spec, after = raw(tmp_path / f"out_{name}".replace("####", str(number)))
        assert np.array_equal(before, after)
        for key in ("x", "y", "full_width", "channelnames", "format"):
            assert getattr(before_spec, key) == getattr(after_spec, key)
        was, now = (
            {a.name: a.value for a in spec.extra_attribs}  # type: ignore[attr-defined]
            for spec in (before_spec, after_spec)
        )
        for storage in ("tiff:RowsPerStrip", "oiio:RowsPerChunk"):  # 32 is cut to the height
            was.pop(storage, None)
            now.pop(storage, None)
        assert was == now


def test_frames_say_what_the_files_say(make_images: Make) -> None:
    linear = open_clip(make_images(channels=("R", "G", "B", "A")))
    assert (linear.first, linear.last) == (1001, 1003)
    assert linear.shape == (16, 20, 4)
    assert linear.dtype == np.float16
    assert linear.encoding == "scene_linear"
    frame = linear.frame(1001)
    assert frame is not None
    assert frame.premultiplied
    straight = open_clip(
        make_images("s.####.png", depth="uint8", channels=tuple("RGBA"), oiio__UnassociatedAlpha=1)
    ).frame(1001)
    assert straight is not None
    assert not straight.premultiplied
    assert linear.frame(1000) is None


def test_a_file_that_changes_while_it_is_read_is_refused(make_images: Make, tmp_path: Path) -> None:
    reader = open_clip(make_images())
    before = reader.frame(1002)
    file = tmp_path / "in.1002.exr"
    os.utime(file, (1, 1))
    assert before is not None
    with pytest.raises(MediaError, match=r"in\.1002\.exr was changed while it was rendered"):
        before.pixels()
    again = open_clip(tmp_path / "in.####.exr")
    after = again.frame(1002)
    assert after is not None
    assert before.identifier != after.identifier
    assert reader.fingerprint != again.fingerprint


def test_what_stands_in_for_missing_images(make_images: Make, tmp_path: Path) -> None:
    source = make_images(numbers=(1, 2, 5), channels=("R", "G", "B", "A"))
    held = open_clip(source, missing=Missing.HOLD)
    assert (held.first, held.last) == (1, 5)
    assert [np.array_equal(picture(held, n), picture(held, 2)) for n in (1, 3, 4, 5)] == [
        False,
        True,
        True,
        False,
    ]
    black = open_clip(source, missing=Missing.BLACK)
    assert not picture(black, 3)[..., :3].any()
    assert (picture(black, 4)[..., 3] == 1).all()
    assert np.array_equal(picture(black, 5), picture(held, 5))
    for reader in (held, black):
        assert "2 frames of" in reader.notices[0]
    copy_of(held, tmp_path / "out.####.exr")
    assert np.array_equal(picture(open_clip(tmp_path / "out.####.exr"), 4), picture(held, 2))


def test_a_file_that_another_job_writes_is_left_to_it(make_images: Make, tmp_path: Path) -> None:
    reader = open_clip(make_images())
    target = tmp_path / "out.####.exr"
    other = Claim(tmp_path / "out.1001.exr")
    writer = create_clip(target, reader, range(1001, 1004))
    with pytest.raises(BusyError, match=r"out\.1001\.exr is being written by another job"):
        writer.write(1001, picture(reader, 1001))
    other.drop()
    writer.write(1001, picture(reader, 1001))
    assert not list(tmp_path.glob(".out*"))


def test_what_a_dead_job_left_is_written_over(make_images: Make, tmp_path: Path) -> None:
    reader = open_clip(make_images())
    left = tmp_path / ".out.1001.part.exr"
    left.write_bytes(b"half of an image")
    writer = create_clip(tmp_path / "out.####.exr", reader, range(1001, 1004))
    writer.write(1001, picture(reader, 1001))
    assert not left.exists()
    again = open_clip(tmp_path / "out.####.exr")
    assert np.array_equal(picture(again, 1001), picture(reader, 1001))


@pytest.mark.parametrize("name", ["n.%04d.exr", "n.####.exr", "n.@@@@.exr"])
def test_patterns(name: str) -> None:
    assert Pattern.parse(Path("/x") / name).file(12) == Path("/x/n.0012.exr")


def test_patterns_without_padding(make_images: Make, tmp_path: Path) -> None:
    make_images("n.####.exr", numbers=(9, 10))
    for number in (9, 10):
        (tmp_path / f"n.{number:04d}.exr").rename(tmp_path / f"n.{number}.exr")
    reader = open_clip(tmp_path / "n.%d.exr")
    assert (reader.first, reader.last) == (9, 10)


def test_a_hole_names_the_first_missing_frame(make_images: Make) -> None:
    source = make_images(numbers=(1, 2, 5, 7))
    with pytest.raises(FrameError, match=r"frame 3 is missing \(.*in\.0003\.exr\); 3 of the"):
        open_clip(source)


def test_nothing_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no image named like"):
        open_clip(tmp_path / "a.####.exr")
    with pytest.raises(MediaError, match="there is no folder"):
        open_clip(tmp_path / "b" / "a.####.exr")


@pytest.mark.parametrize("suffix", ["exr", "tif", "png", "dpx", "jpg"])
def test_half_written_images_are_refused(make_images: Make, tmp_path: Path, suffix: str) -> None:
    depth = "half" if suffix == "exr" else "uint8"
    source = make_images(f"in.####.{suffix}", depth=depth, size=(96, 64))
    file = tmp_path / f"in.1002.{suffix}"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    reader = open_clip(source)
    picture(reader, 1001)
    with pytest.raises(MediaError, match=r"1002.* cannot be read; .*half-written"):
        picture(reader, 1002)


def test_empty_image_is_refused(make_images: Make, tmp_path: Path) -> None:
    source = make_images()
    (tmp_path / "in.1003.exr").write_bytes(b"")
    with pytest.raises(MediaError, match=r"in\.1003\.exr cannot be read"):
        picture(open_clip(source), 1003)


def test_frames_that_differ_are_refused(make_images: Make) -> None:
    source = make_images()
    make_images(numbers=(1004,), size=(24, 16))
    make_images(numbers=(1005,), depth="float")
    reader = open_clip(source)
    with pytest.raises(FrameError, match=r"frame 1004 .* is 24 x 16 .* frame 1001 is 20 x 16"):
        picture(reader, 1004)
    with pytest.raises(FrameError, match=r"frame 1005 .* has float32 pixels"):
        picture(reader, 1005)


def test_one_image_is_a_clip(make_images: Make, tmp_path: Path) -> None:
    make_images(numbers=(7,))
    (tmp_path / "in.0007.exr").rename(tmp_path / "still.exr")
    reader = copy(tmp_path / "still.exr", tmp_path / "out.exr")
    assert (reader.first, reader.last) == (1, 1)
    assert np.array_equal(raw(tmp_path / "out.exr")[1], raw(tmp_path / "still.exr")[1])


def test_many_frames_do_not_fit_into_one_name(make_images: Make, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"out\.####\.exr"):
        copy(make_images(), tmp_path / "out.exr")


def test_existing_images_are_refused_before_the_first_is_written(
    make_images: Make, tmp_path: Path
) -> None:
    source = make_images()
    (tmp_path / "out.1003.exr").write_text("mine")
    with pytest.raises(MediaError, match=r"out\.1003\.exr exists; .*--overwrite"):
        copy(source, tmp_path / "out.####.exr")
    assert not (tmp_path / "out.1001.exr").exists()
    with pytest.raises(MediaError, match="source itself"):
        create_clip(source, open_clip(source), range(1001, 1004), overwrite=True)


def test_images_become_video_and_video_images(make_images: Make, tmp_path: Path) -> None:
    source = open_clip(make_images("in.####.png", depth="uint8", size=(32, 16)))
    numbers = range(1001, 1004)
    film = tmp_path / "film.mp4"
    writer = create_clip(film, source, numbers, video=VideoOptions(rate=25, quality=0))
    for number in numbers:
        writer.write(number, np.full_like(picture(source, number), 40 * (number - 1000)))
    writer.finish()
    reader = open_clip(film)
    assert (reader.last, reader.rate) == (3, 25)
    for number in (1, 2, 3):
        np.testing.assert_allclose(picture(reader, number), 40 * number / 255, atol=1.5 / 255)

    copy(film, tmp_path / "back.####.png")
    back = raw(tmp_path / "back.0002.png")[1]
    assert back.dtype == np.uint16
    np.testing.assert_allclose(back / 65535, 80 / 255, atol=1.5 / 255)


def test_linear_numbers_in_a_file_that_is_not_are_told(make_images: Make, tmp_path: Path) -> None:
    reader = open_clip(make_images())
    writer = create_clip(tmp_path / "o.####.png", reader, range(1001, 1004))
    assert any("linear light" in notice for notice in writer.notices)
    same = create_clip(tmp_path / "o.####.exr", reader, range(1001, 1004))
    assert not same.notices


@pytest.mark.parametrize("name", ["o.####.jpg", "o.mp4"])
def test_alpha_that_does_not_fit_is_told(make_images: Make, tmp_path: Path, name: str) -> None:
    source = make_images("in.####.png", depth="uint8", channels=tuple("RGBA"))
    writer = create_clip(tmp_path / name, open_clip(source), range(1001, 1004))
    assert any("alpha" in notice for notice in writer.notices)
    writer.discard()
