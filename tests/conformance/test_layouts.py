# SPDX-License-Identifier: Apache-2.0
"""The built bundle gives the same pixels however the host lays out its images."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from pyopenfx import Host, Instance, Layout

N = 7
H, W = 54, 71
GAINS = (1.0, 0.8, 1.12, 0.9, 1.05, 0.86, 1.0)


def scene(rng: np.random.Generator, height: int, width: int, channels: int) -> list[np.ndarray]:
    """A picture with soft structure that flickers; alpha is 1 but for a corner."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    picture = 0.35 + 0.25 * np.sin(9 * x + 3 * y)[..., None] + 0.1 * rng.random((height, width, 3))
    frames = []
    for gain in GAINS:
        frame = np.ones((height, width, 4), np.float32)
        frame[..., :3] = picture * gain
        frame[: height // 4, : width // 4, 3] = 0.5
        frames.append(frame if channels == 4 else frame[..., :channels].copy())
    return frames


@pytest.fixture(scope="module")
def instance(bundle) -> Iterator[Instance]:
    with Host(strict=True) as host:
        plugin = next(p for p in host.load(bundle) if p.identifier == "org.evenlight.deflicker")
        with plugin.create("Filter") as made:
            made.params["radius"].set(3)
            yield made
        assert [str(finding) for finding in host.report] == []


@pytest.fixture
def source(instance, rng) -> list[np.ndarray]:
    frames = scene(rng, H, W, 4)
    instance.clips["Source"].connect(frames)
    return frames


Connect = Callable[..., list[np.ndarray]]


def spread(frames: list[np.ndarray]) -> float:
    """How far the frames' mean light lies apart."""
    means = [float(frame[..., :3].mean()) for frame in frames]
    return max(means) - min(means)


def test_the_flicker_goes(instance, source) -> None:
    after = [instance.render(time).copy() for time in range(N)]
    assert spread(after) < 0.25 * spread(source)


LAYOUTS = [
    Layout("padded rows", row_padding=64),
    Layout("odd padding", row_padding=20),
    Layout("bottom row first", negative_row_bytes=False),
    Layout("bounds off the origin", origin=(-7, 13)),
    Layout("all of these", row_padding=12, negative_row_bytes=False, origin=(5, -9)),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.usefixtures("source")
def test_pixels_do_not_depend_on_layout(instance, layout: Layout) -> None:
    assert np.array_equal(instance.render(2, layout=layout), instance.render(2))


@pytest.mark.parametrize("layout", [Layout(), *LAYOUTS], ids=str)
@pytest.mark.usefixtures("source")
def test_a_window_inside_the_frame_is_that_part_of_it(instance, layout: Layout) -> None:
    x, y = layout.origin
    got = instance.render(2, (x + 16, y + 8, x + 48, y + 40), layout=layout)
    assert np.array_equal(got, instance.render(2)[H - 40 : H - 8, 16:48])


@pytest.mark.parametrize("components", ["RGB", "Alpha"])
@pytest.mark.usefixtures("source")
def test_every_layout_holds_for_other_components(instance, components: str) -> None:
    want = instance.render(2, components=components).copy()
    for layout in LAYOUTS:
        got = instance.render(2, components=components, layout=layout)
        assert np.array_equal(got, want), layout


@pytest.mark.parametrize("depth", ["byte", "short", "half"])
@pytest.mark.usefixtures("source")
def test_every_layout_holds_for_other_depths(instance, depth: str) -> None:
    want = instance.render(2, depth=depth).copy()
    assert want.dtype == {"byte": np.uint8, "short": np.uint16, "half": np.float16}[depth]
    for layout in LAYOUTS:
        assert np.array_equal(instance.render(2, depth=depth, layout=layout), want), layout


@pytest.mark.parametrize(("depth", "step"), [("byte", 1 / 255), ("short", 1e-3), ("half", 2e-3)])
@pytest.mark.usefixtures("source")
def test_depths_agree_with_float(instance, depth: str, step: float) -> None:
    want = instance.render(2)
    got = instance.render(2, depth=depth).astype(np.float32)
    top = {"byte": 255, "short": 65535, "half": 1}[depth]
    assert np.abs(got / top - want).max() < 1.5 * step


@pytest.mark.usefixtures("source")
def test_alpha_is_never_touched(instance, source) -> None:
    assert np.array_equal(instance.render(2)[..., 3], source[2][..., 3])
    assert np.array_equal(instance.render(2, components="Alpha")[..., 0], source[2][..., 3])


@pytest.mark.usefixtures("source")
def test_colour_does_not_depend_on_an_alpha_of_one(instance, source) -> None:
    for frame in source:
        frame[..., 3] = 1
    instance.clips["Source"].connect(source)
    with_alpha = instance.render(2)[..., :3].copy()
    assert np.array_equal(instance.render(2, components="RGB"), with_alpha)


def test_premultiplied_input_gives_the_same_light(instance, source) -> None:
    want = instance.render(2).copy()
    premultiplied = [frame.copy() for frame in source]
    for frame in premultiplied:
        frame[..., :3] *= frame[..., 3:]
    instance.clips["Source"].connect(premultiplied, premultiplied=True)
    got = instance.render(2).copy()
    got[..., :3] /= got[..., 3:]
    assert np.abs(got - want).max() < 1e-5


@pytest.mark.parametrize("scale", [0.5, 0.25])
@pytest.mark.usefixtures("source")
def test_a_proxy_is_evened_out_too(instance, scale: float) -> None:
    after = [instance.render(time, scale=scale).copy() for time in range(N)]
    assert after[0].shape == (round(H * scale), round(W * scale), 4)
    assert spread(after) < 0.25 * (max(GAINS) - min(GAINS)) * 0.4
    shifted = Layout("off the origin", origin=(8, -4), negative_row_bytes=False, row_padding=32)
    assert np.array_equal(instance.render(2, scale=scale, layout=shifted), after[2])


@pytest.mark.parametrize("missing", [(-1.0, 0.0), (5.0, 6.0), (1.0,), (0.0, 1.0, 3.0, 4.0)])
def test_missing_neighbours_are_left_out(instance, source, missing: tuple[float, ...]) -> None:
    layout = Layout("clip ends inside the window", missing_times=missing)
    got = instance.render(2, layout=layout)
    absent = [None if float(t) in missing else frame for t, frame in enumerate(source)]
    instance.clips["Source"].connect(absent)
    assert np.array_equal(instance.render(2), got)
    assert np.isfinite(got).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 1), (2, 2), (33, 47), (17, 130)])
@pytest.mark.parametrize("channels", [4, 3, 1])
def test_small_and_odd_sizes(instance, rng, size: tuple[int, int], channels: int) -> None:
    frames = scene(rng, *size, channels)
    instance.clips["Source"].connect(frames)
    got = instance.render(3)
    assert got.shape == frames[3].shape
    assert np.isfinite(got).all()
    assert np.array_equal(instance.render(3, layout=LAYOUTS[-1]), got)


def test_a_clip_of_one_frame_comes_back_as_it_is(instance, source) -> None:
    instance.clips["Source"].connect(source[:1])
    assert np.array_equal(instance.render(0), source[0])


def test_values_beyond_the_range_stay_beyond_it(instance, source) -> None:
    for frame in source:
        frame[5, 5, :3] = -0.25
        frame[6, 6, :3] = 6.0
    instance.clips["Source"].connect(source)
    got = instance.render(2)
    assert (got[5, 5, :3] < 0).all()
    assert (got[6, 6, :3] > 1).all()


def test_inputs_smaller_than_the_output_leave_the_rest_empty(instance, source) -> None:
    left, bottom, right, top = crop = (9, 4, 6, 11)
    got = instance.render(2, layout=Layout("cropped inputs", crop=crop)).copy()
    inside = np.s_[top : H - bottom, left : W - right]
    instance.clips["Source"].connect([frame[inside].copy() for frame in source])
    assert np.array_equal(got[inside], instance.render(2))
    got[inside] = 0
    assert not got.any()


@pytest.mark.parametrize("use_mask", [False, True])
def test_a_mask_that_yields_nothing_leaves_the_result(
    bundle, instance, source, use_mask: bool
) -> None:
    want = instance.render(2).copy()
    with Host(connects_all=True, strict=True) as host:
        plugin = next(p for p in host.load(bundle) if p.identifier == "org.evenlight.deflicker")
        with plugin.create("Filter") as made:
            made.params["radius"].set(3)
            made.params["use_mask"].set(use_mask)
            made.clips["Source"].connect(source)
            assert made.clips["Mask"].core.properties.get("OfxImageClipPropConnected") == [1]
            assert np.array_equal(made.render(2), want)
        assert host.report == []


def test_the_mask_says_where(instance, source) -> None:
    want = instance.render(2).copy()
    mask = np.zeros((H, W, 1), np.float32)
    mask[:, : W // 2] = 1
    instance.clips["Mask"].connect([mask] * N)
    instance.params["use_mask"].set(True)
    try:
        got = instance.render(2).copy()
        instance.params["invert_mask"].set(True)
        inverted = instance.render(2).copy()
        shifted = instance.render(2, layout=LAYOUTS[-1]).copy()
    finally:
        instance.params["use_mask"].set(False)
        instance.params["invert_mask"].set(False)
        instance.clips["Mask"].disconnect()
    left, right = np.s_[:, : W // 2], np.s_[:, W // 2 :]
    assert np.array_equal(got[left], want[left])
    assert np.array_equal(got[right], source[2][right])
    assert np.array_equal(inverted[left], source[2][left])
    assert np.array_equal(inverted[right], want[right])
    assert np.array_equal(shifted, inverted)


@pytest.mark.parametrize("components", ["Alpha", "RGB"])
def test_the_learned_method_takes_other_components(instance, source, components: str) -> None:
    side = np.linspace(-1, 1, W, dtype=np.float32)[None, :, None]
    tilted = np.float32([0.1, -0.08, 0.05, -0.1, 0.07, -0.04, 0.1])
    for frame, tilt in zip(source, tilted, strict=True):
        frame[..., :3] *= 1 + tilt * side  # flicker that differs over the frame
    instance.clips["Source"].connect(source)
    instance.params["method"].set("learned")
    try:
        learned = instance.render(2, components=components).copy()
    finally:
        instance.params["method"].set("classical")
    classical = instance.render(2, components=components)
    assert np.isfinite(learned).all()
    assert np.array_equal(learned, classical) == (components == "Alpha")
