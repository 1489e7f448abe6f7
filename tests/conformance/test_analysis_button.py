# SPDX-License-Identifier: Apache-2.0
"""Analyse clip in the built bundle: what the button writes, and what hosts are spared by it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.images import write_images
from tests.processes import children_of

from evenlight.analysis import Analysis
from evenlight.cli.main import run
from evenlight.frames import Array
from pyopenfx import ActionError, Host, Instance

DEFLICKER, RESTORE = "org.evenlight.deflicker", "org.evenlight.restore"
COUNT, RADIUS = 11, 4


def clip() -> list[Array]:
    """A textured picture under light that flickers as a whole and over the frame, opaque."""
    rng = np.random.default_rng(8)
    picture = np.repeat(np.repeat(rng.random((10, 14, 3)), 6, 0), 6, 1) * 0.6
    down, along = np.mgrid[0:1:60j, 0:1:84j]
    frames = []
    for _ in range(COUNT):
        slope, rise = 0.15 * rng.normal(size=2)
        light = rng.uniform(0.75, 1.25) * np.exp(slope * (along - 0.5) + rise * (down - 0.5))
        lit = picture * light[..., None]
        frames.append(np.dstack([lit, np.ones((60, 84))]).astype(np.float32))
    return frames


@contextmanager
def opened(
    bundle: Path, host: Host, frames: list[Array], identifier: str = DEFLICKER
) -> Iterator[Instance]:
    with host:
        plugin = next(p for p in host.load(bundle) if p.identifier == identifier)
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            instance.params["radius"].set(RADIUS)
            instance.params["encoding"].set("sRGB")
            yield instance


def every(instance: Instance, times: range | list[int] = range(COUNT)) -> dict[int, bytes]:
    return {at: instance.render(at).tobytes() for at in times}


def needed(instance: Instance, time: int) -> tuple[float, float]:
    (span,) = instance.frames_needed(time)["Source"]
    return span


@pytest.mark.parametrize(("identifier", "reach"), [(DEFLICKER, 0), (RESTORE, 4)])
def test_the_button_spares_the_host_the_neighbours(
    bundle: Path, tmp_path: Path, identifier: str, reach: int
) -> None:
    host, path = Host(strict=True), tmp_path / "shot.evenlight"
    with opened(bundle, host, clip(), identifier) as instance:
        plain = every(instance)
        assert needed(instance, 5) == (5 - RADIUS, 5 + RADIUS)
        state = instance.params["analysis_state"].value
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
        assert instance.params["analysis_state"].value not in ("", state)
        assert instance.progress[0] == 0
        assert instance.progress == sorted(instance.progress)
        assert 0.8 < instance.progress[-1] <= 1
        assert Analysis.open(path).frames == list(range(COUNT))
        assert [needed(instance, time) for time in (0, 5, COUNT - 1)] == [
            (0, reach),
            (5 - reach, 5 + reach),
            (COUNT - 1 - reach, COUNT - 1),
        ]
        # Strict mode notes every frame that is read and was not named.
        assert every(instance, [7, 0, 10, 3, 1, 9, 2, 8, 4, 6, 5]) == plain
        assert instance.persistent_message == ""
        assert host.report == []


def test_the_command_line_writes_the_same_file(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "button.evenlight"
    with opened(bundle, Host(strict=True), clip()) as instance:
        plain = every(instance)
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
        write_images(tmp_path, clip())
        files = [str(tmp_path / name) for name in ("in.%04d.exr", "a.evenlight", "b.evenlight")]
        own = ["--radius", str(RADIUS), "--encoding", "srgb", "--frames"]
        assert run(["analyse", files[0], "-o", files[1], *own, "0-6"]) == 0
        assert run(["analyse", files[0], "-o", files[2], *own, "7-10"]) == 0
        joined = str(tmp_path / "joined.evenlight")
        assert run(["analyse", "--merge", files[2], files[1], "-o", joined]) == 0
        assert Path(joined).read_bytes() == path.read_bytes()
        instance.params["analysis"].set(joined)
        assert needed(instance, 5) == (5, 5)
        assert every(instance) == plain


def test_keyframed_settings_are_analysed_as_they_are(bundle: Path, tmp_path: Path) -> None:
    host, path = Host(strict=True), tmp_path / "shot.evenlight"
    with opened(bundle, host, clip()) as instance:
        instance.params["keep_above"].set_key(0, 0.5)
        instance.params["keep_above"].set_key(10, 3.0)
        instance.params["strength"].set_key(0, 0.2)
        instance.params["strength"].set_key(10, 1.0)
        instance.params["cut_here"].set_key(0, False)
        instance.params["cut_here"].set_key(6, True)
        instance.params["cut_here"].set_key(7, False)
        plain = every(instance)
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
        assert {needed(instance, time) for time in range(COUNT)} == {(t, t) for t in range(COUNT)}
        assert every(instance) == plain
        instance.params["strength"].set(0.5)  # it does not bear on the analysis
        assert needed(instance, 5) == (5, 5)
        assert host.report == []


def test_other_settings_are_told_and_the_neighbours_read(bundle: Path, tmp_path: Path) -> None:
    host, path = Host(strict=True), tmp_path / "shot.evenlight"
    with opened(bundle, host, clip()) as instance:
        instance.params["keep_above"].set(2.0)
        plain = every(instance)
        instance.params["keep_above"].set(1.0)
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
        instance.params["keep_above"].set(2.0)
        assert needed(instance, 5) == (1, 9)
        assert every(instance) == plain
        assert "keep changes above was 1 and is 2 now" in instance.persistent_message
        instance.params["view"].set("Graph")  # drawn of the neighbours, whatever is analysed
        instance.params["keep_above"].set(1.0)
        assert needed(instance, 5) == (1, 9)
        instance.params["analysis"].set("")
        instance.params["view"].set("Result")
        instance.render(5)
        assert instance.persistent_message == ""
        assert host.report == []


def test_an_analysis_of_other_pictures_is_refused(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    with opened(bundle, Host(strict=True), clip()) as instance:
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
    graded = [frame * np.float32([0.9, 1, 1, 1]) for frame in clip()]
    with opened(bundle, Host(strict=True), graded) as instance:
        instance.params["analysis"].set(str(path))
        with pytest.raises(ActionError, match="not the one that was analysed as frame 5"):
            instance.render(5)
        instance.push("analyse_clip")  # which replaces the old one
        instance.render(5)
        assert instance.persistent_message == ""


def test_stopping_leaves_what_was_there(bundle: Path, tmp_path: Path) -> None:
    host, path = Host(strict=True), tmp_path / "shot.evenlight"
    with opened(bundle, host, clip()) as instance:
        instance.params["analysis"].set(str(path))
        instance.cancel_progress()
        instance.push("analyse_clip")
        assert list(tmp_path.iterdir()) == []
        assert "stopped; nothing was written" in instance.persistent_message
        assert instance.params["analysis_state"].value == ""
        instance.cancel_progress(False)
        instance.push("analyse_clip")
        written = path.read_bytes()
        instance.cancel_progress()
        instance.push("analyse_clip")
        assert path.read_bytes() == written
        assert list(tmp_path.iterdir()) == [path]
        assert host.report == []


def test_what_the_button_needs_is_said(bundle: Path, tmp_path: Path) -> None:
    with opened(bundle, Host(), clip()) as instance:
        instance.push("analyse_clip")
        assert "Name an Analysis file first" in instance.persistent_message
        film = tmp_path / "film.mov"
        film.write_bytes(b"a film")
        instance.params["analysis"].set(str(film))
        with pytest.raises(ActionError, match="is no analysis; choose another name"):
            instance.push("analyse_clip")
        assert film.read_bytes() == b"a film"
        instance.params["analysis"].set(str(tmp_path / "no" / "shot.evenlight"))
        with pytest.raises(ActionError, match="cannot be written"):
            instance.push("analyse_clip")
    with opened(bundle, Host(missing_properties=("OfxImageEffectPropFrameRange",)), clip()) as one:
        one.params["analysis"].set(str(tmp_path / "shot.evenlight"))
        one.push("analyse_clip")
        assert "does not tell which frames" in one.persistent_message


@pytest.mark.parametrize("withheld", ["OfxProgressSuite", "OfxMessageSuite"])
def test_hosts_without_a_suite_are_analysed_in(bundle: Path, tmp_path: Path, withheld: str) -> None:
    path = tmp_path / "shot.evenlight"
    with opened(bundle, Host(withheld_suites=(withheld,)), clip()) as instance:
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
        assert len(Analysis.open(path)) == COUNT


def test_without_neighbours_a_frame_is_what_it_is_among_them(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    with opened(bundle, Host(strict=True), clip()) as instance:
        plain = every(instance)
        instance.params["analysis"].set(str(path))
        instance.push("analyse_clip")
    with opened(bundle, Host.like("mlt"), clip()) as instance:
        instance.params["analysis"].set(str(path))
        assert every(instance) == plain
        instance.params["radius"].set(RADIUS + 1)
        np.testing.assert_array_equal(instance.render(5), clip()[5])
    late = [np.zeros_like(clip()[0]), *clip()]  # a host that counts from another number
    with opened(bundle, Host.like("mlt"), late) as instance:
        instance.params["analysis"].set(str(path))
        instance.params["analysis_offset"].set(-1)
        assert instance.render(6).tobytes() == plain[5]


def test_a_host_without_neighbours_cannot_analyse(bundle: Path, tmp_path: Path) -> None:
    with opened(bundle, Host(temporal_access=False), clip()) as instance:
        instance.params["analysis"].set(str(tmp_path / "shot.evenlight"))
        instance.push("analyse_clip")
        assert "the command `evenlight analyse`" in instance.persistent_message
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found in /proc")
def test_a_worker_that_dies_loses_nothing(bundle: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.evenlight", tmp_path / "broken.evenlight"
    frames, killed = clip() * 6, set()

    def fetched(time: float) -> Array | None:
        """The frame; at one of them the worker, which waits for it, is killed."""
        if time == 20 and armed and not killed:
            (worker,) = children_of(os.getpid(), b"evenlight.worker")
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)
        return frames[round(time)]

    armed = False
    with opened(bundle, Host(strict=True), frames) as instance:
        instance.clips["Source"].connect(fetched, frame_range=(0, len(frames) - 1))
        instance.params["analysis"].set(str(whole))
        instance.push("analyse_clip")
        armed = True
        instance.params["analysis"].set(str(broken))
        instance.push("analyse_clip")
        assert killed
        assert not killed & children_of(os.getpid(), b"evenlight.worker")
    assert broken.read_bytes() == whole.read_bytes()


SCRIPT = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from test_analysis_button import clip, every, opened
from pyopenfx import Host
host = Host(strict=True)
with opened(Path(sys.argv[1]), host, clip(), sys.argv[4]) as instance:
    plain = every(instance)
    instance.params["analysis"].set(sys.argv[2])
    instance.push("analyse_clip")
    shared = every(instance)
    print(json.dumps({
        "same": shared == plain,
        "needed": instance.frames_needed(5)["Source"],
        "report": [str(finding) for finding in host.report],
        "pixels": hashlib.sha256(b"".join(shared.values())).hexdigest(),
    }))
"""


@pytest.mark.parametrize("identifier", [DEFLICKER, RESTORE])
def test_both_runtimes_write_the_same_file(bundle: Path, tmp_path: Path, identifier: str) -> None:
    answers, files = [], []
    for runtime in ("embedded", "worker"):
        path = tmp_path / f"{runtime}.evenlight"
        folder = str(Path(__file__).parent)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(bundle), str(path), folder, identifier],
            env=os.environ | {"EVENLIGHT_RUNTIME": runtime},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
        files.append(hashlib.sha256(path.read_bytes()).hexdigest())
    assert answers[0] == answers[1]
    assert answers[0]["same"]
    assert answers[0]["report"] == []
    assert files[0] == files[1]
