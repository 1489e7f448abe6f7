# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evenlight.errors import EvenlightError, ModelError
from evenlight.inference import manifest, providers
from evenlight.inference.networks import VARIABLE, Device, Networks
from evenlight.inference.providers import CPU, CUDA, TENSORRT
from evenlight.inference.runtime import onnxruntime as load_onnxruntime
from evenlight.inference.sessions import FOLDER, Session, Sessions, names

SESSIONS = Sessions()
onnxruntime = load_onnxruntime()
PICTURES = {"pictures": np.random.default_rng(3).random((1, 8, 24, 32), np.float32)}


@pytest.mark.parametrize("name", names())
def test_networks_tell_what_they_were_made_of(name: str) -> None:
    card = Networks(SESSIONS).open(name).card
    assert card.name == name
    assert card.made_by.startswith("python -m evenlight.training.")
    assert card.data
    assert "oldfilm" not in " ".join(card.data)
    assert card.figures


def test_it_gives_the_same_bytes_whatever_the_threads() -> None:
    network = Networks(SESSIONS).open("blotchnet")
    pictures = [
        np.random.default_rng(n).random((1, 8, 24 + 8 * n, 40), np.float32) for n in range(6)
    ]
    expected = [network.run({"pictures": one})[0].tobytes() for one in pictures]
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda one: network.run({"pictures": one})[0].tobytes(), pictures))
    assert given == expected


def test_a_network_is_loaded_once() -> None:
    assert Networks(SESSIONS, Device.CPU).open("lfista") is Networks(SESSIONS, Device.CPU).open(
        "lfista"
    )


def test_a_missing_network_is_named() -> None:
    with pytest.raises(EvenlightError, match=r"nothing\.onnx is missing"):
        Networks(SESSIONS).open("nothing")


def test_a_damaged_network_is_named(tmp_path: Path) -> None:
    whole = (FOLDER / "lfista.onnx").read_bytes()
    (tmp_path / "half.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EvenlightError, match=r"half\.onnx cannot be read"):
        Sessions().get(tmp_path / "half.onnx", "cpu")


def test_a_network_of_another_version_is_refused(tmp_path: Path) -> None:
    whole = (FOLDER / "lfista.onnx").read_bytes()
    assert whole.count(b'"version": 1') == 1
    (tmp_path / "newer.onnx").write_bytes(whole.replace(b'"version": 1', b'"version": 9'))
    with pytest.raises(EvenlightError, match="is of version 9"):
        Sessions().get(tmp_path / "newer.onnx", "cpu")


def test_a_network_without_card_is_refused(tmp_path: Path) -> None:
    whole = (FOLDER / "lfista.onnx").read_bytes()
    (tmp_path / "bare.onnx").write_bytes(whole.replace(b"\n\x04card\x12", b"\n\x04none\x12"))
    with pytest.raises(EvenlightError, match="has no card"):
        Sessions().get(tmp_path / "bare.onnx", "cpu")


def test_a_wrong_device_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "tpu")
    with pytest.raises(EvenlightError, match="must be one of auto, cpu, cuda, tensorrt"):
        Networks(SESSIONS).open("lfista")


def test_the_environment_overrides_the_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "cpu")
    assert Networks(SESSIONS, Device.CUDA).open("lfista") is Networks(SESSIONS, Device.CPU).open(
        "lfista"
    )


def test_without_onnx_runtime_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match=r"run `pip install onnxruntime`, or .* Method classical"):
        Networks(SESSIONS).open("lfista")


@pytest.mark.parametrize("reason", ["raise", "raise ImportError('numpy failed') from error"])
def test_an_import_that_is_interrupted_is_no_missing_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reason: str
) -> None:
    (tmp_path / "onnxruntime.py").write_text(
        f"try:\n    raise KeyboardInterrupt\nexcept BaseException as error:\n    {reason}\n"
    )
    monkeypatch.delitem(sys.modules, "onnxruntime")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        Networks(Sessions()).open("lfista")


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("std::bad_alloc")])
def test_a_model_that_is_too_large_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(onnxruntime, "InferenceSession", fail)
    with pytest.raises(ModelError, match=r"not enough memory for the model lfista\.onnx; close"):
        Sessions().get(FOLDER / "lfista.onnx", "cpu")


class _Lost:
    """A session that fails as soon as it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, *_: object) -> list[object]:
        raise self.error

    def io_binding(self) -> object:
        raise self.error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            RuntimeError("a shape\nand a long trace"),
            r"failed on the CPU \(a shape\); please report",
        ),
        (RuntimeError("Failed to allocate memory for a buffer"), "not enough memory for the model"),
    ],
)
def test_a_network_that_fails_on_the_cpu_says_what_to_do(error: Exception, sentence: str) -> None:
    own = Networks(SESSIONS).open("blotchnet")
    broken = Session(own.card, CPU, _Lost(error), own.path, Sessions())
    with pytest.raises(ModelError, match=sentence):
        broken.run(PICTURES)


def test_bound_inputs_and_outputs_give_the_same_bytes() -> None:
    own = Networks(SESSIONS, Device.CPU).open("gfrm")
    rng = np.random.default_rng(1)
    inputs = {
        part.name: rng.random((1, part.shape[1], 16, 24), np.float32).transpose(0, 1, 3, 2)
        for part in own.session.get_inputs()
    }
    bound = providers.run_bound(own.session, inputs, "cpu")
    assert [one.tobytes() for one in bound] == [one.tobytes() for one in own.run(inputs)]


def runtime(
    *there: str, refuse: Exception | None = None, works: bool = False
) -> tuple[Any, list[Any]]:
    """An ONNX Runtime that says it has these, and the providers that each session was asked for.

    Sessions run on the CPU, as they do where a library of the GPU's is missing; `works` has them
    say otherwise, `refuse` is raised instead.
    """
    asked: list[Any] = []

    def opened(model: bytes, options: Any, **wanted: Any) -> Any:
        asked.append(wanted["providers"])
        first = wanted["providers"][0][0]
        if first != CPU and refuse is not None:
            raise refuse
        real = onnxruntime.InferenceSession(model, options, providers=[CPU])
        if works:
            real.get_providers = lambda: [first]
        return real

    fake = SimpleNamespace(
        get_available_providers=lambda: [*there, CPU],
        InferenceSession=opened,
        SessionOptions=onnxruntime.SessionOptions,
        ExecutionMode=onnxruntime.ExecutionMode,
        disable_telemetry_events=lambda: None,
    )
    return fake, asked


def test_without_a_gpu_the_cpu_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime()[0])
    sessions = Sessions()
    assert sessions.get(FOLDER / "lfista.onnx", "auto").provider == CPU
    assert sessions.notice == ""
    first = sessions.get(FOLDER / "lfista.onnx", "cuda")
    assert sessions.get(FOLDER / "lfista.onnx", "cuda") is first
    assert sessions.notice.startswith("ONNX Runtime has no CUDA here; networks run on the CPU")


@pytest.mark.parametrize("refuse", [None, RuntimeError("driver version is insufficient\ntrace")])
def test_a_gpu_that_cannot_be_used_is_told_once(
    monkeypatch: pytest.MonkeyPatch, refuse: Exception | None
) -> None:
    fake, asked = runtime(CUDA, refuse=refuse)
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    sessions = Sessions()
    assert [sessions.get(FOLDER / f"{n}.onnx", "auto").provider for n in ("gfrm", "tcm")] == [
        CPU
    ] * 2
    assert sessions.get(FOLDER / "gfrm.onnx", "auto").card.precision == "fp32"
    reason = "driver version is insufficient" if refuse else "ONNX Runtime cannot load CUDA"
    assert sessions.notice.startswith(f"the GPU cannot be used ({reason}); networks run on the CPU")
    assert "trace" not in sessions.notice
    assert [[provider for provider, _ in one] for one in asked] == [[CUDA, CPU], [CPU], [CPU]]


def test_a_damaged_network_is_not_the_gpu_s_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "half.onnx").write_bytes((FOLDER / "lfista.onnx").read_bytes()[:9000])
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime(CUDA)[0])
    sessions = Sessions()
    with pytest.raises(ModelError, match=r"half\.onnx cannot be read"):
        sessions.get(tmp_path / "half.onnx", "auto")
    assert sessions.notice == ""


def test_a_gpu_runs_half_precision_where_it_is_and_leaves_memory_to_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake, asked = runtime(CUDA, works=True)
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    sessions = Sessions()
    cards = [sessions.get(FOLDER / f"{n}.onnx", "auto").card for n in ("lfrm", "gfrm")]
    assert [card.precision for card in cards] == ["fp16", "fp32"]
    assert sessions.get(FOLDER / "lfrm.onnx", "cpu").card.precision == "fp32"
    assert asked[0][0][1]["gpu_mem_limit"] == 2**30
    assert asked[0][0][1]["arena_extend_strategy"] == "kSameAsRequested"


def test_tensorrt_is_used_where_asked_and_keeps_its_engines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    fake, asked = runtime(TENSORRT, CUDA, works=True)
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    sessions = Sessions()
    assert sessions.get(FOLDER / "gfrm.onnx", "auto").provider == CUDA
    assert sessions.get(FOLDER / "gfrm.onnx", "tensorrt").provider == TENSORRT
    assert [provider for provider, _ in asked[1]] == [TENSORRT, CUDA, CPU]
    kept = Path(asked[1][0][1]["trt_engine_cache_path"])
    assert kept.is_dir()
    assert kept.is_relative_to(tmp_path)


def test_without_tensorrt_cuda_serves_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime(CUDA, works=True)[0])
    sessions = Sessions()
    assert sessions.get(FOLDER / "gfrm.onnx", "tensorrt").provider == CUDA
    assert sessions.notice.startswith("ONNX Runtime has no TensorRT here; networks run on CUDA")


def test_a_gpu_that_is_lost_is_left_for_the_cpu_by_all_networks() -> None:
    sessions = Sessions()
    own = sessions.get(FOLDER / "blotchnet.onnx", "cpu")
    error = RuntimeError("CUDA failure 999\nand a long trace")
    lost = Session(own.card, CUDA, _Lost(error), own.path, sessions)
    expected = own.run(PICTURES)[0]
    assert np.array_equal(lost.run(PICTURES)[0], expected)
    assert "CUDA failure 999); networks go on on the CPU" in sessions.notice
    assert "long trace" not in sessions.notice
    told = sessions.notice
    other = Session(own.card, CUDA, _Lost(RuntimeError("again")), own.path, sessions)
    assert np.array_equal(other.run(PICTURES)[0], expected)  # by whoever still holds it
    assert sessions.notice == told


def test_one_weight_that_was_damaged_is_noticed(tmp_path: Path) -> None:
    damaged = bytearray((FOLDER / "blotchnet.onnx").read_bytes())
    damaged[len(damaged) // 2] ^= 0x10  # in a weight: ONNX Runtime opens it
    (tmp_path / "blotchnet.onnx").write_bytes(damaged)
    Sessions().get(tmp_path / "blotchnet.onnx", "cpu")
    with pytest.raises(ModelError, match=r"blotchnet\.onnx is damaged or of another version"):
        Networks(Sessions(tmp_path)).open("blotchnet")


def test_a_network_in_the_place_of_another_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "gfrm.onnx").write_bytes((FOLDER / "tcm.onnx").read_bytes())
    with pytest.raises(ModelError, match=r"gfrm\.onnx is damaged or of another version"):
        Networks(Sessions(tmp_path)).open("gfrm")


def test_the_list_holds_every_file_and_no_other() -> None:
    assert sorted(manifest.shipped()) == sorted(path.name for path in FOLDER.glob("*.onnx"))


USES = {
    "a network": (
        "from evenlight.inference.networks import Networks\n"
        "from evenlight.inference.sessions import Sessions\n"
        "import numpy as np\n"
        "p = np.zeros((1, 8, 24, 32), np.float32)\n"
        "Networks(Sessions()).run('blotchnet', {'pictures': p})\n"
    ),
    "the doctor": "from evenlight.cli import doctor\nlist(doctor.networks())\n",
}


@pytest.mark.parametrize("use", USES)
def test_onnx_runtime_keeps_quiet(tmp_path: Path, use: str) -> None:
    """It sends usage to its maker unless it is told before it is loaded; a home stays empty."""
    code = f"{USES[use]}import os\nassert os.environ['ORT_DISABLE_TELEMETRY'] == '1'\n"
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=240)
    assert list(tmp_path.rglob("*")) == []
