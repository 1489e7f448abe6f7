# SPDX-License-Identifier: Apache-2.0
"""Interlaced clips on the command line: the order of fields, from the file or as it is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import evenlight
from evenlight.cli.main import run
from evenlight.frames import Array

SIZE, FRAMES = (128, 96), 14


def flagged(frame: av.VideoFrame, mode: str) -> av.VideoFrame:
    """The frame with its fields' order on it, which PyAV cannot set."""
    graph = av.filter.Graph()
    size = {"width": frame.width, "height": frame.height}
    source = graph.add_buffer(**size, format=frame.format, time_base=Fraction(1, 25))
    graph.link_nodes(source, graph.add("setfield", mode), graph.add("buffersink")).configure()
    graph.push(frame)
    return graph.pull()


def interlaced(path: Path, mode: str) -> Path:
    """A video of a still scene whose fields stand in different light, coded as interlaced."""
    rng = np.random.default_rng(8)
    scene = cv2.GaussianBlur(rng.uniform(0, 255, (SIZE[1], SIZE[0], 3)), (0, 0), 3)
    scene = np.clip(110 + 4 * (scene - scene.mean()), 30, 190)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=25, options={"qp": "4", "flags": "+ilme+ildct"}
        )
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv444p"
        for number in range(FRAMES):
            picture = scene.copy()
            for parity in (0, 1):
                picture[parity::2] *= rng.uniform(0.85, 1.1)
            frame = av.VideoFrame.from_ndarray(np.round(picture).astype(np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(flagged(frame, mode)))
        container.mux(stream.encode(None))
    return path


def frames_of(path: Path) -> Array:
    with av.open(str(path)) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


def apart(clip: Array) -> float:
    """Mean |odd - even| over the frames, in levels."""
    rows = clip.mean(axis=(2, 3))
    return float(np.abs(rows[:, 1::2].mean(axis=1) - rows[:, 0::2].mean(axis=1)).mean())


@pytest.mark.parametrize(
    ("mode", "order", "other"),
    [("tff", "upper first", "lower first"), ("bff", "lower first", "upper first")],
)
def test_the_order_is_that_of_the_file_unless_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str, order: str, other: str
) -> None:
    source = interlaced(tmp_path / "in.mp4", mode)
    assert apart(frames_of(source)) > 6
    out = {}
    for fields in ("auto", order, other, "off"):
        target = tmp_path / f"{fields}.mp4"
        told = ["deflicker", str(source), str(target), "--fields", fields, "--quality", "0"]
        assert run(told) == 0
        out[fields] = frames_of(target)
        if fields == "auto":
            assert "is interlaced; each field is corrected as a frame" in capsys.readouterr().err
    assert apart(out["auto"]) < 1
    assert np.array_equal(out["auto"], out[order])
    assert not np.array_equal(out["auto"], out[other])
    assert apart(out["off"]) > 6
    assert "both fields of a frame are corrected as one picture" in capsys.readouterr().err


def test_an_analysis_of_fields_serves_for_fields_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, found = interlaced(tmp_path / "in.mp4", "tff"), tmp_path / "in.evenlight"
    plain, quick = tmp_path / "plain.####.png", tmp_path / "quick.####.png"
    assert run(["analyse", str(source), "-o", str(found)]) == 0
    assert run(["deflicker", str(source), str(plain)]) == 0
    assert run(["deflicker", str(source), str(quick), "--analysis", str(found)]) == 0
    for number in range(1, FRAMES + 1):
        one, other = (tmp_path / f"{name}.{number:04d}.png" for name in ("plain", "quick"))
        assert one.read_bytes() == other.read_bytes()
    refused = ["deflicker", str(source), str(tmp_path / "off.mp4"), "--fields", "off"]
    assert run([*refused, "--frames", "4-6", "--analysis", str(found)]) == 1
    assert "128 x 48" in capsys.readouterr().err


def test_an_interlaced_clip_renders_alike_from_python(tmp_path: Path) -> None:
    source = interlaced(tmp_path / "in.mp4", "bff")
    with evenlight.open_clip(source) as clip:
        frames = np.stack(list(clip))
        own = np.stack(list(evenlight.deflicker(clip)))
        encoding = clip.encoding
    told = evenlight.deflicker(frames, encoding=encoding, fields="lower first")
    assert np.array_equal(own, np.stack(list(told)))
    with pytest.raises(evenlight.ParamError, match="fields is 'both'"):
        list(evenlight.deflicker(frames, fields="both"))
