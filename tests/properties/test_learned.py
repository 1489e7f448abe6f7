# SPDX-License-Identifier: Apache-2.0
"""What must always hold of Deflicker's learned method, on small frames."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clips import ArrayClip
from tests.properties.conftest import opened, render

from evenlight import Deflicker, RenderRequest
from evenlight.effects import Resources
from evenlight.effects.deflicker import DeflickerParams
from evenlight.errors import ModelError
from evenlight.frames import Array
from evenlight.inference.providers import CUDA, ON_CPU
from evenlight.inference.sessions import FOLDER, Session, Sessions
from evenlight.params import build_params

FEW = settings(max_examples=4, deadline=None)
LEARNED = {"method": "learned", "stage_temporal": 1.0}


@pytest.fixture(scope="module")
def uneven(scene: Array) -> Array:
    """The scene under a gain a frame that falls off to one side."""
    rng = np.random.default_rng(9)
    across = np.linspace(-1, 1, scene.shape[2], dtype=np.float32)[None, None, :, None]
    gains = rng.uniform(0.8, 1.2, (len(scene), 1, 1, 1)).astype(np.float32)
    tilts = rng.uniform(-0.2, 0.2, (len(scene), 1, 1, 1)).astype(np.float32)
    return (scene * gains * (1 + tilts * across)).astype(np.float32)


def _wobble(clip: Array, scene: Array) -> float:
    half = scene.shape[2] // 2
    parts = [
        np.log2(clip[:, :, part].mean(axis=(1, 2, 3)) / scene[:, :, part].mean(axis=(1, 2, 3)))
        for part in (slice(None, half), slice(half, None))
    ]
    return float(np.mean([np.abs(np.diff(part, 2)).mean() for part in parts]))


@pytest.mark.parametrize("stage_temporal", [0.0, 1.0])
def test_flicker_is_taken_out(scene: Array, uneven: Array, stage_temporal: float) -> None:
    clip = ArrayClip(uneven, name=f"learned {stage_temporal}/")
    values = {"method": "learned", "stage_temporal": stage_temporal}
    restored = np.stack([render(clip, t, **values) for t in range(24)])
    assert _wobble(restored, scene) < _wobble(uneven, scene) / 4


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_a_steady_clip_comes_back_bit_for_bit(scene: Array, dtype: type) -> None:
    scale = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    clip = (scene * scale).astype(dtype)
    for time in (0, 12, 23):
        assert render(ArrayClip(clip), time, **LEARNED).tobytes() == clip[time].tobytes()


def test_stages_at_0_are_the_classical_method(uneven: Array) -> None:
    plain = render(ArrayClip(uneven), 12, method="classical")
    off = render(ArrayClip(uneven), 12, method="learned", stage_light=0.0, stage_temporal=0.0)
    assert off.tobytes() == plain.tobytes()
    on = render(ArrayClip(uneven), 12, method="learned")
    assert on.tobytes() != plain.tobytes()


@FEW
@given(st.permutations(list(range(9, 13))), st.booleans())
def test_order_and_caches_change_nothing(uneven: Array, order: list[int], named: bool) -> None:
    clip, effect = ArrayClip(uneven, name="learned/" if named else ""), opened()
    for time in order:
        expected = _alone(uneven, time)
        assert render(clip, time, effect, **LEARNED).tobytes() == expected


def _alone(clip: Array, time: int) -> bytes:
    """The frame with nothing remembered from others."""
    return render(ArrayClip(clip), time, **LEARNED).tobytes()


def test_threads_change_nothing(uneven: Array) -> None:
    times = range(6, 14)
    expected = {t: _alone(uneven, t) for t in times}
    clip, effect, got = ArrayClip(uneven, name="learned threads/"), opened(), dict[int, bytes]()

    def work(first: int) -> None:
        for time in times[first::3]:
            got[time] = render(clip, time, effect, **LEARNED).tobytes()

    threads = [threading.Thread(target=work, args=(first,)) for first in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == expected


@pytest.mark.parametrize("radius", [1, 3, 8])
def test_only_the_window_is_asked_for_and_matters(uneven: Array, radius: int) -> None:
    clip = ArrayClip(uneven)
    near = render(clip, 12, radius=radius, **LEARNED)
    assert set(clip.asked) <= set(range(12 - radius, 13 + radius))
    changed = uneven.copy()
    changed[: 12 - radius] = 0.5
    changed[13 + radius :] = 0.1
    assert render(ArrayClip(changed), 12, radius=radius, **LEARNED).tobytes() == near.tobytes()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 5), (17, 9)])
@pytest.mark.parametrize("frames", [1, 2, 5])
def test_any_size_and_length_renders(shape: tuple[int, int], frames: int) -> None:
    clip = np.random.default_rng(1).random((frames, *shape, 3)).astype(np.float32)
    for time in range(frames):
        assert np.isfinite(render(ArrayClip(clip), time, **LEARNED)).all()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_black_and_clipped_clips_stay(level: float) -> None:
    clip = np.full((9, 48, 72, 3), level, np.float32)
    assert render(ArrayClip(clip), 4, **LEARNED).tobytes() == clip[4].tobytes()


def test_grey_and_alpha_only_clips_render(uneven: Array) -> None:
    grey = np.ascontiguousarray(uneven[..., :1])
    assert np.isfinite(render(ArrayClip(grey), 12, **LEARNED)).all()


def test_values_below_0_and_above_1_come_back_in_linear_light(uneven: Array) -> None:
    clip = uneven.copy()
    clip[:, 3, 5], clip[:, 9, 9] = -0.25, 7.5
    restored = render(ArrayClip(clip), 12, encoding="linear", **LEARNED)
    assert (restored[3, 5] < 0).all()
    assert (restored[9, 9] > 3.5).all()


def test_what_is_no_number_stays_where_it_is(uneven: Array) -> None:
    clip = uneven.copy()
    clip[11:14, 10:14, 20:24] = np.nan
    restored = render(ArrayClip(clip), 12, **LEARNED)
    assert np.array_equal(np.isnan(restored), np.isnan(clip[12]))


def _missing(folder: Path) -> None:
    del folder


def _damaged(folder: Path) -> None:
    for path in FOLDER.glob("*.onnx"):
        (folder / path.name).write_bytes(path.read_bytes()[:5000])


def _of_another_version(folder: Path) -> None:
    for path in FOLDER.glob("*.onnx"):
        newer = path.read_bytes().replace(b'"version": 1', b'"version": 9')
        (folder / path.name).write_bytes(newer)


def _swapped(folder: Path) -> None:
    (folder / "gfrm.onnx").write_bytes((FOLDER / "tcm.onnx").read_bytes())


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_missing, r"gfrm\.onnx is missing; install Evenlight again"),
        (_damaged, r"gfrm\.onnx is damaged or of another version; install Evenlight again"),
        (_of_another_version, r"gfrm\.onnx is damaged or of another version; install"),
        (_swapped, r"gfrm\.onnx is damaged or of another version; install"),
    ],
)
def test_without_a_model_the_classical_result_comes_with_a_word(
    uneven: Array, tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(tmp_path)
    _falls_back(uneven, Sessions(tmp_path), sentence)


def test_without_memory_the_classical_result_comes_with_a_word(
    uneven: Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("onnxruntime.InferenceSession", fail)
    sentence = r"not enough memory for the model gfrm\.onnx; close other programs, or"
    _falls_back(uneven, Sessions(), sentence)


@pytest.mark.parametrize("solver", ["exact", "unrolled", "none"])
def test_without_onnx_runtime_the_classical_result_comes_with_a_word(
    uneven: Array, monkeypatch: pytest.MonkeyPatch, solver: str
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    sentence = r"run `pip install onnxruntime`, or .* Solver exact"
    _falls_back(uneven, Sessions(), sentence, solver=solver)


def _falls_back(clip: Array, sessions: Sessions, sentence: str, **values: object) -> None:
    out = np.empty_like(clip[0])
    asked = {"radius": 8, **LEARNED, **values}
    params = build_params(DeflickerParams, asked)
    effect = Deflicker(Resources(sessions=sessions))
    outcome = effect.process(ArrayClip(clip), RenderRequest(11), params, out)
    assert re.match(f"classical method, exact solver: .*{sentence}", outcome.notice)
    assert outcome.fell_back
    assert out.tobytes() == render(ArrayClip(clip), 11, method="classical").tobytes()
    strict = build_params(DeflickerParams, asked | {"fall_back": False})
    with pytest.raises(ModelError, match=sentence):
        effect.process(ArrayClip(clip), RenderRequest(11), strict, out)


def test_a_gpu_that_is_lost_between_frames_changes_nothing_but_the_notice(
    uneven: Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _alone(uneven, 12)
    sessions = Sessions()
    own = sessions.shipped("gfrm", ON_CPU)
    lost = Session(own.card, CUDA, None, own.path, sessions, checked=True)
    tcm = Sessions().shipped("tcm", ON_CPU)
    monkeypatch.setattr(sessions, "shipped", lambda name, _: lost if name == "gfrm" else tcm)
    out = np.empty_like(uneven[0])
    params = build_params(DeflickerParams, {"radius": 8, **LEARNED})
    effect = Deflicker(Resources(sessions=sessions))
    outcome = effect.process(ArrayClip(uneven), RenderRequest(12), params, out)
    assert outcome.notice.startswith("the GPU failed while running gfrm.onnx")
    assert not outcome.fell_back
    assert out.tobytes() == expected
