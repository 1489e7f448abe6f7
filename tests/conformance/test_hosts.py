# SPDX-License-Identifier: Apache-2.0
"""The built bundle in hosts that behave as real ones were seen to, and when things go wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from evenlight.frames import Array
from pyopenfx import KNOWN_HOSTS, Host, Instance, RenderAborted

IDENTIFIER = "org.evenlight.deflicker"
GAINS = (1.0, 0.8, 1.12, 0.9, 1.05, 0.86, 1.0)


@pytest.fixture
def frames(rng: np.random.Generator) -> list[Array]:
    """A soft picture under flickering light, opaque."""
    y, x = np.mgrid[0:40, 0:56] / 56
    picture = 0.35 + 0.25 * np.sin(9 * x + 3 * y)[..., None] + 0.1 * rng.random((40, 56, 3))
    alpha = np.ones((40, 56, 1))
    return [np.concatenate([picture * g, alpha], axis=2).astype(np.float32) for g in GAINS]


@contextmanager
def opened(bundle: Path, host: Host, frames: list[Array], context: str) -> Iterator[Instance]:
    with host:
        plugin = next(p for p in host.load(bundle) if p.identifier == IDENTIFIER)
        with plugin.create(context) as instance:
            instance.clips["Source"].connect(frames)
            instance.params["radius"].set(3)
            instance.params["encoding"].set("sRGB")
            yield instance


def spread(frames: list[Array]) -> float:
    means = [float(frame[..., :3].mean()) for frame in frames]
    return max(means) - min(means)


@pytest.fixture
def expected(bundle: Path, frames: list[Array]) -> list[Array]:
    with opened(bundle, Host(strict=True), frames, "Filter") as instance:
        return [instance.render(time).copy() for time in range(len(frames))]


@pytest.mark.parametrize("name", sorted(set(KNOWN_HOSTS) - {"mlt"}))
@pytest.mark.parametrize("context", ["Filter", "General"])
def test_hosts_with_temporal_access_give_the_same_pixels(
    bundle: Path, frames: list[Array], expected: list[Array], name: str, context: str
) -> None:
    host = Host.like(name, strict=True)
    if context not in host.options.contexts:
        pytest.skip(f"{name} has no context {context}")
    with opened(bundle, host, frames, context) as instance:
        got = [instance.render(time).copy() for time in range(len(frames))]
        assert [str(finding) for finding in host.report] == []
        assert instance.messages == []
    assert np.array_equal(got, expected)
    assert spread(got) < 0.25 * spread(frames)


def test_without_temporal_access_the_frame_passes_and_the_plug_in_says_why_once(
    bundle: Path, tmp_path: Path, frames: list[Array]
) -> None:
    """In a process of its own: the reason is told once in the life of a process."""
    np.save(tmp_path / "frames.npy", frames)
    told = run(
        f"""
        frames = list(np.load({str(tmp_path / "frames.npy")!r}))
        same, texts = [], []
        host = Host.like("mlt", strict=True)
        plugin = host.load({str(bundle)!r})[0]
        for time in (2, 3, 3):  # MLT makes an instance for every frame
            with plugin.create("Filter") as instance:
                instance.clips["Source"].connect(frames)
                same.append(bool(np.array_equal(instance.render(time), frames[time])))
                texts += [message.text for message in instance.messages]
        print(json.dumps([same, texts, [str(finding) for finding in host.report]]))
        """
    )
    same, texts, report = told
    assert same == [True] * 3
    assert len(texts) == 1
    assert "current frame alone" in texts[0]
    assert report == []


def test_without_a_python_the_source_passes_with_a_message_that_says_what_to_do(
    bundle: Path, tmp_path: Path, frames: list[Array]
) -> None:
    np.save(tmp_path / "frames.npy", frames)
    missing = str(tmp_path / "no-python")
    failures, texts, standing = run(
        f"""
        frames = list(np.load({str(tmp_path / "frames.npy")!r}))
        host = Host(strict=True)
        plugin = host.load({str(bundle)!r})[0]
        failures = []
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            for time in (2, 3):
                try:
                    instance.render(time)
                except ActionError as error:
                    failures.append(str(error.status))
            texts = [message.text for message in instance.messages]
            print(json.dumps([failures, texts, instance.persistent_message]))
        """,
        EVENLIGHT_PYTHON=missing,
    )
    assert len(failures) == 2
    assert len(texts) == 1  # posted when it changes, not for every frame
    assert missing in standing
    assert "evenlight plugin install" in standing


def test_a_render_may_be_stopped(bundle: Path, frames: list[Array]) -> None:
    with opened(bundle, Host(strict=True), frames, "Filter") as instance:
        instance.abort_after(2)
        with pytest.raises(RenderAborted):
            instance.render(3)
        instance.abort_after(-1)
        assert spread([instance.render(time).copy() for time in range(3)]) < spread(frames[:3])
        assert instance.messages == []
        assert instance.host.report == []


def test_order_and_threads_do_not_show(
    bundle: Path, frames: list[Array], expected: list[Array]
) -> None:
    got: dict[int, Array] = {}

    def render(instance: Instance, times: list[int]) -> None:
        for time in times:
            got[time] = instance.render(time).copy()

    with (
        opened(bundle, Host(), frames, "Filter") as first,
        opened(bundle, Host(), frames, "Filter") as second,
    ):
        threads = [
            threading.Thread(target=render, args=(first, [6, 0, 3, 1])),
            threading.Thread(target=render, args=(second, [5, 2, 4])),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert np.array_equal([got[time] for time in range(len(frames))], expected)


def test_strength_0_is_the_source_and_asks_for_nothing(bundle: Path, frames: list[Array]) -> None:
    with opened(bundle, Host(strict=True), frames, "Filter") as instance:
        instance.params["strength"].set(0.0)
        assert instance.is_identity(3) == ("Source", 3)
        instance.params["strength"].set_key(2, 1.0)
        instance.params["strength"].set_key(4, 0.0)
        assert instance.is_identity(4) == ("Source", 4)
        assert instance.is_identity(3) is None


def run(script: str, **environment: str) -> list[list[str]]:
    """What a script prints as JSON, run in a fresh process."""
    lines = [line.removeprefix(" " * 8) for line in script.strip("\n").splitlines()]
    head = ["import json", "import numpy as np", "from pyopenfx import ActionError, Host"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*head, *lines])],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[list[str]] = json.loads(done.stdout)
    return told
