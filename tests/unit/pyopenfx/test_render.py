# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from pyopenfx import ActionError, Host, Instance, Layout, ParamError, RenderAborted

SHAPE = (33, 47, 4)

LAYOUTS = [
    Layout("plain"),
    Layout("padded rows", row_padding=64),
    Layout("odd padding", row_padding=4),
    Layout("bottom row first", negative_row_bytes=False),
    Layout("bounds off the origin", origin=(-7, 13)),
    Layout("all of these", row_padding=12, negative_row_bytes=False, origin=(5, -9)),
    Layout("guarded", guard=128),
]


@pytest.fixture
def frames(rng) -> list[np.ndarray]:
    return [rng.random(SHAPE, np.float32) for _ in range(5)]


@pytest.fixture
def instance(subjects, frames) -> Iterator[Instance]:
    with Host(strict=True) as host:
        (plugin,) = host.load(subjects())
        with plugin.create() as made:
            made.clips["Source"].connect(frames)
            yield made
        assert host.report == []


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_pixels_do_not_depend_on_layout(instance, frames, layout: Layout) -> None:
    instance.params["gain"].set(0.5)
    assert np.array_equal(instance.render(2, layout=layout), frames[2] * np.float32(0.5))


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_window_is_that_part_of_the_frame(instance, frames, layout: Layout) -> None:
    x, y = layout.origin
    got = instance.render(1, (x + 3, y + 4, x + 20, y + 22), layout=layout)
    assert np.array_equal(got, frames[1][33 - 22 : 33 - 4, 3:20])


def test_a_window_outside_is_refused(instance) -> None:
    with pytest.raises(ValueError, match="must lie inside"):
        instance.render(1, (0, 0, 48, 33))


def test_frames_at_the_plain_layout_are_not_copied(subjects) -> None:
    seen = []
    frame = np.ones(SHAPE, np.float32)
    frame.flags.writeable = False
    with Host() as host:
        (plugin,) = host.load(subjects())
        with plugin.create() as instance:
            clip = instance.clips["Source"]
            clip.connect([frame])
            fetch = clip.core.image
            clip.core.image = lambda time, region: seen.append(fetch(time, region)) or seen[-1]
            instance.render(0)
    (image,) = seen
    bottom = frame.__array_interface__["data"][0] + (SHAPE[0] - 1) * frame.strides[0]
    assert image.get("OfxImagePropData") == [bottom]
    assert image.get("OfxImagePropRowBytes") == [-frame.strides[0]]


@pytest.mark.parametrize("cut", [np.s_[::-1], np.s_[::2], np.s_[:, ::2], np.s_[3:20, 5:30]])
def test_views_are_rendered_as_they_look(instance, frames, cut) -> None:
    views = [frame[cut] for frame in frames]
    instance.clips["Source"].connect(views)
    assert np.array_equal(instance.render(1), views[1])


@pytest.mark.parametrize("shape", [(1, 1, 4), (1, 7, 3), (9, 1, 1), (5, 3)])
def test_small_and_odd_sizes(instance, rng, shape: tuple[int, ...]) -> None:
    frame = rng.random(shape, np.float32)
    instance.clips["Source"].connect([frame])
    assert np.array_equal(instance.render(0).reshape(shape), frame)


def test_neighbours_come_where_they_exist(instance, frames) -> None:
    instance.params["radius"].set(1)
    assert instance.frames_needed(0) == {"Source": [(-1.0, 1.0)]}
    assert np.allclose(instance.render(0), (frames[0] + frames[1]) / 2)
    assert np.allclose(instance.render(2), (frames[1] + frames[2] + frames[3]) / 3)
    missing = Layout("clip ends inside the window", missing_times=(1.0,))
    assert np.allclose(instance.render(2, layout=missing), (frames[2] + frames[3]) / 2)


def test_a_function_gives_frames_by_time(instance) -> None:
    asked = []

    def frame(time: float) -> np.ndarray | None:
        asked.append(time)
        return np.full((4, 6, 4), time, np.float32) if 10 <= time <= 20 else None

    instance.clips["Source"].connect(frame, frame_range=(10, 20))
    instance.params["radius"].set(2)
    assert instance.render(10)[0, 0, 0] == 11  # the mean of 10, 11 and 12
    assert {8.0, 9.0, 10.0, 11.0, 12.0} <= set(asked)


def test_a_function_without_a_range_is_refused(instance) -> None:
    with pytest.raises(ParamError, match="frame_range"):
        instance.clips["Source"].connect(lambda _time: None)


def test_what_a_function_raises_comes_back(instance) -> None:
    def broken(time: float) -> np.ndarray:
        if time == 3:
            raise RuntimeError("disk on fire")
        return np.ones((4, 6, 4), np.float32)

    instance.clips["Source"].connect(broken, frame_range=(0, 5))
    instance.params["radius"].set(1)
    with pytest.raises(RuntimeError, match="disk on fire"):
        instance.render(2)


def test_a_wrong_frame_is_refused(instance) -> None:
    with pytest.raises(ValueError, match=r"it must be \(h, w\)"):
        instance.clips["Source"].connect([np.ones((4, 6, 2), np.float32)])


def test_depth_and_components_follow_the_source_or_the_call(instance, frames) -> None:
    assert instance.render(0, depth="byte").dtype == np.uint8
    assert instance.render(0, components="RGB").shape == (33, 47, 3)
    alpha = instance.render(0, components="Alpha")
    assert np.array_equal(alpha[..., 0], frames[0][..., 3])
    with pytest.raises(ParamError, match="share float, byte"):
        instance.render(0, depth="short")
    instance.clips["Source"].connect([np.full((4, 4, 3), 200, np.uint8)])
    got = instance.render(0)
    assert (got.dtype, got.shape, got.max()) == (np.uint8, (4, 4, 3), 200)


@pytest.mark.parametrize("scale", [0.5, 0.25])
def test_a_proxy_is_smaller(instance, frames, scale: float) -> None:
    got = instance.render(0, scale=scale)
    assert got.shape[:2] == (round(33 * scale), round(47 * scale))
    assert set(got.ravel()) <= set(frames[0].ravel())


def test_values_beyond_the_range_stay(instance) -> None:
    frame = np.array([[[-2.0, 7.5, 1e-30, np.inf]]], np.float32)
    instance.clips["Source"].connect([frame])
    assert np.array_equal(instance.render(0), frame)


def test_identity_gives_the_source(instance, frames) -> None:
    assert instance.is_identity(1) is None
    instance.params["enabled"].set(False)
    assert instance.is_identity(1) == ("Source", 1.0)
    assert np.array_equal(instance.render(1, (2, 2, 9, 9)), frames[1][33 - 9 : 33 - 2, 2:9])


def test_regions_are_canonical(instance) -> None:
    instance.clips["Source"].connect([np.ones((10, 20, 4), np.float32)], pixel_aspect=2.0)
    assert instance.region_of_definition(0) == (0.0, 0.0, 40.0, 10.0)
    assert instance.regions_of_interest(0) == {"Source": (0.0, 0.0, 40.0, 10.0)}
    assert instance.render(0).shape == (10, 20, 4)


def test_identifiers_are_stable_and_differ(instance, frames) -> None:
    clip = instance.clips["Source"]
    clip.connect(np.stack(frames))
    stack = clip.connection.source
    first = [clip.connection.identifier(time) for time in (0, 1, 0)]
    clip.connect(stack)
    assert first[0] == first[2] == clip.connection.identifier(0) != first[1]
    clip.connect(stack.copy())
    assert clip.connection.identifier(0) != first[0]
    clip.connect(frames, identifier=lambda time: f"mine{time:g}")
    assert clip.connection.identifier(2) == "mine2"


def test_abort_stops_a_render(instance) -> None:
    instance.abort = True
    with pytest.raises(RenderAborted):
        instance.render(0)
    instance.abort = False
    instance.render(0)
    instance.params["radius"].set(2)
    instance.abort_after(2)
    with pytest.raises(RenderAborted):
        instance.render(2)
    instance.abort_after(-1)
    instance.render(2)


def test_a_failed_render_brings_its_message(subjects) -> None:
    with Host() as host:
        (plugin,) = host.load(subjects("fails_in_render"))
        with plugin.create() as instance:
            instance.clips["Source"].connect([np.ones((4, 4, 4), np.float32)])
            with pytest.raises(ActionError, match="kOfxStatFailed: failed after 3 tries") as failed:
                instance.render(0)
            assert failed.value.action == "Render"
            assert instance.persistent_message == "failed after 3 tries"


def test_messages_that_are_no_utf8_harm_no_render(subjects) -> None:
    frame = np.ones((4, 4, 4), np.float32)
    with Host() as host, host.load(subjects("says_no_utf8"))[0].create() as instance:
        instance.clips["Source"].connect([frame])
        for _ in range(3):
            assert np.array_equal(instance.render(0), frame)
            assert instance.persistent_message == "\ufffd\ufffd3"
        assert {message.text for message in instance.messages} == {"caf\ufffd", "\ufffd\ufffd3"}
        assert instance.messages[0].id == "caf\ufffd"


def test_several_threads_render_one_instance(instance) -> None:
    instance.params["radius"].set(1)
    want = [instance.render(time).copy() for time in range(5)]
    wrong = []

    def work(times) -> None:
        wrong.extend(t for t in times if not np.array_equal(instance.render(t), want[t]))

    orders = [range(5), range(4, -1, -1), (2, 0, 4, 1, 3)] * 2
    workers = [threading.Thread(target=work, args=(order,)) for order in orders]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_the_plugins_own_threads_work(instance, frames) -> None:
    instance.params["mode"].set("In threads")
    assert np.array_equal(instance.render(3), frames[3])
