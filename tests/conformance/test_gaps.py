# SPDX-License-Identifier: Apache-2.0
"""The built bundle behaves where hosts fall short."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pyopenfx import KNOWN_HOSTS, Host, Instance, RenderAborted

RNG = np.random.default_rng(5)
PICTURE = RNG.random((40, 56, 4), np.float32)
FRAMES = [PICTURE * np.float32(gain) for gain in (1.0, 0.8, 1.1, 0.9, 1.0)]


@contextmanager
def deflicker(bundle: Path, host: Host) -> Iterator[Instance]:
    with host:
        plugin = next(p for p in host.load(bundle) if p.identifier == "org.evenlight.deflicker")
        with plugin.create("Filter") as instance:
            instance.params["radius"].set(2)
            instance.clips["Source"].connect(FRAMES)
            yield instance


@pytest.mark.parametrize("name", sorted(set(KNOWN_HOSTS) - {"mlt"}))
def test_it_works_in_hosts_with_temporal_access(bundle, name: str) -> None:
    with deflicker(bundle, Host.like(name, strict=True)) as instance:
        after = [float(instance.render(time)[..., :3].mean()) for time in range(5)]
        assert instance.host.report == []
    before = [float(frame[..., :3].mean()) for frame in FRAMES]
    assert np.ptp(after) < 0.3 * np.ptp(before)


def test_without_temporal_access_the_frame_passes_through_and_it_says_why_once(bundle) -> None:
    with deflicker(bundle, Host.like("mlt")) as instance:
        for time in range(5):
            assert np.array_equal(instance.render(time), FRAMES[time])
        texts = [message.text for message in instance.messages]
    assert len(texts) == 1
    assert "temporal clip access" in texts[0]


def test_null_message_functions_are_stood(bundle) -> None:
    functions = tuple(
        ("OfxMessageSuite", version, name)
        for version, name in (
            (1, "message"),
            (2, "message"),
            (2, "setPersistentMessage"),
            (2, "clearPersistentMessage"),
        )
    )
    host = Host(null_functions=functions, temporal_access=False, other_times="current")
    with deflicker(bundle, host) as instance:
        assert np.array_equal(instance.render(1), FRAMES[1])


@pytest.mark.parametrize(
    "suite", ["OfxMessageSuite", "OfxProgressSuite", "OfxTimeLineSuite", "OfxMultiThreadSuite"]
)
def test_optional_suites_may_be_missing(bundle, suite: str) -> None:
    with deflicker(bundle, Host(withheld_suites=(suite,), strict=True)) as instance:
        assert instance.render(1).shape == (40, 56, 4)
        assert instance.host.report == []


def test_it_stops_when_asked_and_goes_on_afterwards(bundle) -> None:
    with deflicker(bundle, Host(strict=True)) as instance:
        want = instance.render(2).copy()
        for answers in (0, 1, 3):
            instance.abort_after(answers)
            with pytest.raises(RenderAborted):
                instance.render(2)
        instance.abort_after(-1)
        assert np.array_equal(instance.render(2), want)
        assert instance.host.report == []


def test_a_clip_that_is_not_connected_gives_a_clear_end(bundle) -> None:
    with Host(strict=True) as host:
        plugin = next(p for p in host.load(bundle) if p.identifier == "org.evenlight.deflicker")
        with plugin.create("Filter") as instance:
            got = instance.render(0)
            assert not got.any()
        assert host.report == []


def test_order_and_threads_do_not_matter(bundle) -> None:
    with deflicker(bundle, Host(strict=True)) as instance:
        ahead = [instance.render(time).copy() for time in range(5)]
    with deflicker(bundle, Host(strict=True)) as instance:
        for time in (3, 0, 4, 1, 2):
            assert np.array_equal(instance.render(time), ahead[time])
