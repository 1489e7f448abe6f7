# SPDX-License-Identifier: Apache-2.0
"""The effects in melt, by its pixels: video in, PNG out, against the command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from evenlight.frames import Array

from .melt import Melt

COUNT, RADIUS = 64, 40
EFFECTS = ("deflicker", "deblotch", "restore")


def flickering(count: int = COUNT) -> list[Array]:
    """A still scene of strong colours in light that jumps; 8 bits."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:180, 0:320].astype(np.float32)
    base = 110 + 45 * np.sin(x / 23) + 30 * np.cos(y / 17 + x / 61)
    scene = np.stack([base, 0.85 * base + 15, 0.7 * base + 30], axis=-1)
    scene[(x - 60) ** 2 + (y - 90) ** 2 < 900] = (190, 150, 90)
    gains = 1 + 0.1 * rng.uniform(-1, 1, count)
    return [np.clip(scene * gain, 0, 255).astype(np.uint8) for gain in gains]


def steps(frames: list[Array]) -> Array:
    """Steps of the mean from frame to frame, in levels, of the channel where each is largest."""
    means = np.array([frame.reshape(-1, 3).mean(axis=0) for frame in frames])
    return np.abs(np.diff(means, axis=0)).max(axis=1)


def largest_step(frames: list[Array]) -> float:
    """The largest step of the mean from frame to frame, in levels, of any channel."""
    return float(steps(frames).max())


def is_steady(frames: list[Array]) -> bool:
    """Whether no frame was left as it came, of light that jumped by up to 22 levels.

    The gains themselves, taken out of the decoded clip, leave 0.5 to 1.2 levels: H.264's rounding.
    """
    each = steps(frames)
    return bool(np.median(each) <= 0.3 and each.max() <= 0.6)


def command(*arguments: object) -> None:
    """Run the command line."""
    done = subprocess.run(
        [sys.executable, "-m", "evenlight.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def command_frames(folder: Path, effect: str, clip: Path, *arguments: object) -> list[Array]:
    """The pictures (h, w, 3) uint8 that the command line makes."""
    folder.mkdir()
    command(effect, clip, folder / "####.png", *arguments)
    return [cv2.imread(str(path))[..., ::-1] for path in sorted(folder.glob("*.png"))]


@dataclass(frozen=True)
class Shot:
    """A video, and an analysis by the command line, which counts from 1."""

    clip: Path
    analysis: Path

    @property
    def deflicker(self) -> list[str]:
        """Arguments of melt that correct the clip."""
        filters = ["-filter", "openfx.org.evenlight.deflicker"]
        return [str(self.clip), *filters, f"analysis={self.analysis}", f"radius={RADIUS}"]


def analysed(video: Path, clip: object) -> Shot:
    analysis = video.with_suffix(".evenlight")
    command("analyse", clip, "-o", analysis, "--radius", RADIUS)
    return Shot(video, analysis)


@pytest.fixture(scope="module")
def shown(melt: Melt, tmp_path_factory, write_video) -> tuple[Path, Path, list[Array]]:
    """A video, melt's pictures of it on disk, as its filters get them, and in memory."""
    folder = tmp_path_factory.mktemp("shown")
    options = {"crf": "16"}
    video = write_video(folder / "clip.mp4", flickering(24), "libx264", "yuv420p", options)
    return video, folder / "plain" / "####.png", melt.frames(folder / "plain", str(video))


@pytest.fixture(scope="module")
def same(shown: tuple[Path, Path, list[Array]]) -> Shot:
    """The video whose pictures, as melt decodes them, were analysed."""
    return analysed(shown[0], shown[1])


@pytest.fixture(scope="module")
def h264(tmp_path_factory, write_video) -> Shot:
    path = tmp_path_factory.mktemp("h264") / "clip.mp4"
    video = write_video(path, flickering(), "libx264", "yuv420p", {"crf": "16"})
    return analysed(video, video)


def test_it_lists_the_effects(melt: Melt) -> None:
    told = melt("-query", "filters")
    for effect in EFFECTS:
        assert f"openfx.org.evenlight.{effect}" in told


@pytest.mark.parametrize("threads", [-1, -2])
def test_it_writes_the_pixels_of_the_command_line(
    melt: Melt, same: Shot, shown, tmp_path: Path, threads: int
) -> None:
    own = ("--radius", RADIUS, "--analysis", same.analysis)
    want = command_frames(tmp_path / "command", "deflicker", shown[1], *own)
    got = melt.frames(tmp_path / "melt", *same.deflicker, threads=threads)
    assert len(got) == len(want) == 24
    assert np.array_equal(got, want)
    assert largest_step(got) < 0.1 * largest_step(shown[2])


def test_every_frame_of_a_video_is_corrected_without_an_offset(
    melt: Melt, h264: Shot, tmp_path: Path
) -> None:
    plain = melt.frames(tmp_path / "plain", str(h264.clip))
    got = melt.frames(tmp_path / "melt", *h264.deflicker)
    assert len(got) == len(plain) == COUNT
    assert largest_step(plain) > 20
    assert is_steady(got)


def test_the_filter_may_begin_anywhere_in_the_clip(melt: Melt, h264: Shot, tmp_path: Path) -> None:
    """MLT counts from the filter's own in point; frames outside of it stay as they came."""
    plain = melt.frames(tmp_path / "plain", str(h264.clip))
    whole = melt.frames(tmp_path / "whole", *h264.deflicker)
    part = melt.frames(tmp_path / "part", *h264.deflicker, "in=13", "out=40")
    assert np.array_equal(part[13:41], whole[13:41])
    assert np.array_equal(part[:13] + part[41:], plain[:13] + plain[41:])
    trimmed = melt.frames(tmp_path / "trimmed", str(h264.clip), "in=20", *h264.deflicker[1:])
    assert is_steady(trimmed)


def test_another_size_is_served_too(melt: Melt, h264: Shot, tmp_path: Path) -> None:
    small = melt.frames(tmp_path / "small", "-profile", "square_ntsc_wide", *h264.deflicker)
    assert small[0].shape[:2] != (180, 320)
    assert is_steady(small)


@pytest.mark.parametrize("effect", ["deblotch", "restore"])
def test_what_needs_neighbours_leaves_the_picture_and_says_so(
    melt: Melt, same: Shot, tmp_path: Path, effect: str
) -> None:
    plain = melt.frames(tmp_path / "plain", str(same.clip), "out=5")
    filters = ("-filter", f"openfx.org.evenlight.{effect}")
    assert np.array_equal(melt.frames(tmp_path / "melt", str(same.clip), "out=5", *filters), plain)
    told = melt(str(same.clip), "out=2", *filters, "-consumer", "null", "real_time=-1")
    assert "the current frame alone" in told


def offering(bundle: Path, folder: Path, depth: str) -> Path:
    """A copy of the bundle that offers one depth alone."""
    copy = folder / bundle.name
    shutil.copytree(bundle, copy)
    (binary,) = copy.glob("Contents/*/*.ofx")
    data = binary.read_bytes()
    for other in {"Byte", "Short", "Half", "Float"} - {depth}:
        assert f"OfxBitDepth{other}".encode() in data
        data = data.replace(f"OfxBitDepth{other}".encode(), b"OfxBitDepth" + b"-" * len(other))
    binary.write_bytes(data)
    return folder


@pytest.mark.parametrize("depth", ["Byte", "Short", "Float"])
def test_depths_agree(
    melt: Melt, bundle: Path, same: Shot, shown, tmp_path: Path, depth: str
) -> None:
    (tmp_path / "bundles").mkdir()
    own = replace(melt, bundles=offering(bundle, tmp_path / "bundles", depth))
    got = own.frames(tmp_path / "own", *same.deflicker)
    want = melt.frames(tmp_path / "all", *same.deflicker)
    difference = np.abs(np.array(got, np.int16) - np.array(want, np.int16))
    if depth == "Byte":
        assert not difference.any()
    # MLT decodes to 16 bits by other roundings than to 8.
    assert difference.max() <= 4
    assert difference.mean() <= 0.6
    assert is_steady(got)
    assert not is_steady(shown[2])


def test_a_project_keeps_its_parameters(melt: Melt, same: Shot, tmp_path: Path) -> None:
    """XML is what Kdenlive and Shotcut save."""
    project = tmp_path / "project.mlt"
    melt(*same.deflicker, "strength=0.5", "-consumer", f"xml:{project}")
    text = project.read_text()
    assert str(same.analysis) in text
    direct = melt.frames(tmp_path / "direct", *same.deflicker, "strength=0.5")
    assert np.array_equal(melt.frames(tmp_path / "project", str(project)), direct)
    assert not np.array_equal(melt.frames(tmp_path / "full", *same.deflicker), direct)


def test_keyframes_are_those_of_the_command_line(
    melt: Melt, same: Shot, shown, tmp_path: Path
) -> None:
    got = melt.frames(tmp_path / "melt", *same.deflicker, "strength=0=0;20=1")
    keys = ("--strength", "1:0,21:1", "--radius", RADIUS, "--analysis", same.analysis)
    want = command_frames(tmp_path / "command", "deflicker", shown[1], *keys)
    assert np.array_equal(got, want)
    assert np.array_equal(got[0], shown[2][0])


def test_without_an_analysis_frames_pass_and_it_says_why(
    melt: Melt, same: Shot, shown, tmp_path: Path
) -> None:
    clip, name = str(same.clip), "openfx.org.evenlight.deflicker"
    got = melt.frames(tmp_path / "melt", clip, "-filter", name)
    assert np.array_equal(got, shown[2])
    told = melt(clip, "out=2", "-filter", name, "-consumer", "null", "real_time=-1")
    assert "Name an Analysis file" in told
