# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from evenlight.demo import __main__ as demo
from evenlight.demo import made
from evenlight.demo.shots import SHOTS, take
from evenlight.evaluation import metrics
from evenlight.frames import Array


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "SIZE", (160, 90))
    monkeypatch.setattr(made, "EDIT", (("motorcycle", 16), ("coffee", 12), ("rocket", 12)))
    monkeypatch.setattr(made, "FADE", 6)


def frames_of(path: Path) -> Array:
    with av.open(str(path)) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


@pytest.mark.parametrize("name", SHOTS)
def test_a_shot_moves_and_stays_inside_its_photograph(name: str) -> None:
    clip = take(SHOTS[name], 24, (160, 90), np.random.default_rng(2))
    assert clip.shape == (24, 90, 160, 3)
    assert clip.min() >= 0
    assert clip.max() <= 1
    assert np.abs(clip[0] - clip[-1]).mean() > 0.02
    assert np.abs(np.diff(clip.mean(axis=(1, 2, 3)))).max() < 0.01, "its light is even"
    for view in (SHOTS[name].start, SHOTS[name].end):
        assert view.width / 2 <= min(view.x, 1 - view.x) + 0.01, "no mirrored edge shows"


@pytest.mark.usefixtures("small")
def test_the_clip_has_a_cut_a_fade_and_flicker_but_the_same_grain() -> None:
    truth, flickering = made.make()
    again = made.make()[1]
    assert np.array_equal(flickering, again)
    levels = metrics.brightness(truth)
    assert levels[27] < 2, "faded to black"
    assert np.abs(np.diff(truth[14:18].astype(float), axis=0)).mean(axis=(1, 2, 3)).argmax() == 1
    assert metrics.step(flickering, truth) > 4


@pytest.mark.usefixtures("small")
def test_the_demo_writes_what_it_says_and_the_flicker_is_gone(tmp_path: Path) -> None:
    ran = CliRunner().invoke(demo.main, ["--out", str(tmp_path / "out")])
    assert ran.exit_code == 0, ran.output
    before, after = (frames_of(tmp_path / "out" / f"{name}.mp4") for name in ("before", "after"))
    truth, flickering = made.make()
    assert before.shape == after.shape == truth.shape
    assert metrics.psnr_frames(before, flickering).mean() > 33, "encoding costs little"
    assert metrics.step(after, truth) < 0.4 * metrics.step(before, truth)
    for name in ("before-after.png", "flicker-graph.png"):
        picture = cv2.imread(str(tmp_path / "out" / name))
        assert picture is not None
        assert picture.std() > 10
    told = re.search(r"PSNR-Y in dB\D+([\d.]+)\D+([\d.]+)", ran.output)
    assert told is not None
    assert float(told[2]) > float(told[1]) + 1


@pytest.mark.usefixtures("small")
def test_a_clip_of_ones_own_needs_no_truth(tmp_path: Path) -> None:
    for number, frame in enumerate(made.make()[1][:10]):
        cv2.imwrite(str(tmp_path / f"film.{number:04d}.png"), frame[..., ::-1])
    ran = CliRunner().invoke(
        demo.main, [str(tmp_path / "film.%04d.png"), "--out", str(tmp_path / "out")]
    )
    assert ran.exit_code == 0, ran.output
    assert "PSNR" not in ran.output
    assert len(frames_of(tmp_path / "out" / "after.mp4")) == 10


def test_a_clip_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = CliRunner().invoke(demo.main, ["/no/such.mp4", "--out", str(tmp_path / "out")])
    assert ran.exit_code == 1
    assert "/no/such.mp4" in ran.output
    assert not (tmp_path / "out").exists()
