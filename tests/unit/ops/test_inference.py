# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from evenlight.errors import EvenlightError, ModelError
from evenlight.ops import inference
from evenlight.ops.inference import FOLDER, Device, session, session_of

NETWORKS = sorted(path.stem for path in FOLDER.glob("*.onnx"))


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_tell_what_they_were_made_of(name: str) -> None:
    card = session(name).card
    assert card.name == name
    assert card.made_by.startswith("python -m evenlight.training.")
    assert card.data
    assert "oldfilm" not in " ".join(card.data)
    assert card.figures


def test_it_gives_the_same_bytes_whatever_the_threads() -> None:
    network = session("blotchnet")
    pictures = [
        np.random.default_rng(n).random((1, 5, 24 + 8 * n, 40), np.float32) for n in range(6)
    ]
    expected = [network.run({"pictures": one})[0].tobytes() for one in pictures]
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda one: network.run({"pictures": one})[0].tobytes(), pictures))
    assert given == expected


def test_a_network_is_loaded_once() -> None:
    assert session("lfista", Device.CPU) is session("lfista", Device.CPU)


def test_a_missing_network_is_named() -> None:
    with pytest.raises(EvenlightError, match=r"nothing\.onnx is missing"):
        session("nothing")


def test_a_damaged_network_is_named(tmp_path: Path) -> None:
    whole = (FOLDER / "lfista.onnx").read_bytes()
    (tmp_path / "half.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EvenlightError, match=r"half\.onnx cannot be read"):
        session_of(tmp_path / "half.onnx")


def test_a_network_of_another_version_is_refused(tmp_path: Path) -> None:
    whole = (FOLDER / "lfista.onnx").read_bytes()
    assert whole.count(b'"version": 1') == 1
    (tmp_path / "newer.onnx").write_bytes(whole.replace(b'"version": 1', b'"version": 9'))
    with pytest.raises(EvenlightError, match="is of version 9"):
        session_of(tmp_path / "newer.onnx")


def test_a_network_without_card_is_refused(tmp_path: Path) -> None:
    whole = (FOLDER / "lfista.onnx").read_bytes()
    (tmp_path / "bare.onnx").write_bytes(whole.replace(b"\n\x04card\x12", b"\n\x04none\x12"))
    with pytest.raises(EvenlightError, match="has no card"):
        session_of(tmp_path / "bare.onnx")


def test_a_wrong_device_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(inference.VARIABLE, "tpu")
    with pytest.raises(EvenlightError, match="must be one of auto, cpu, cuda"):
        session("lfista")


def test_without_a_gpu_the_cpu_serves(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "lfista.onnx"
    path.write_bytes((FOLDER / "lfista.onnx").read_bytes())
    with caplog.at_level(logging.WARNING):
        first = session_of(path, Device.CUDA)
        assert session_of(path, Device.CUDA) is first
    if first.provider == "CPUExecutionProvider":
        assert [record.message for record in caplog.records] == [
            "ONNX Runtime has no CUDA here; networks run on the CPU"
        ]


class _Gpu:
    """A session on a GPU that is lost as soon as it is asked."""

    def run(self, _: None, inputs: dict[str, object]) -> list[object]:
        raise RuntimeError(f"CUDA failure 999: {len(inputs)} inputs\nand a long trace")


def test_a_gpu_that_is_lost_is_left_for_the_cpu_with_one_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "blotchnet.onnx"
    path.write_bytes((FOLDER / "blotchnet.onnx").read_bytes())
    card = session_of(path, Device.CPU).card
    lost = inference.Session(card, "CUDAExecutionProvider", _Gpu(), path)
    inference._sessions[path, Device.CUDA] = lost
    pictures = {"pictures": np.zeros((1, 5, 24, 32), np.float32)}
    with caplog.at_level(logging.WARNING):
        given = [lost.run(pictures)[0], session_of(path, Device.CUDA).run(pictures)[0]]
        lost.run(pictures)  # by whoever still holds it
    assert np.array_equal(given[0], session_of(path, Device.CPU).run(pictures)[0])
    assert np.array_equal(given[0], given[1])
    (record,) = caplog.records
    assert "CUDA failure 999: 1 inputs" in record.message
    assert "networks go on on the CPU" in record.message
    assert "long trace" not in record.message


def test_a_network_that_fails_on_the_cpu_says_what_to_do(tmp_path: Path) -> None:
    card = session("blotchnet").card
    broken = inference.Session(card, "CPUExecutionProvider", _Gpu(), tmp_path / "blotchnet.onnx")
    with pytest.raises(ModelError, match=r"blotchnet\.onnx failed on the CPU .*free some memory"):
        broken.run({"pictures": 0})  # type: ignore[dict-item]


def test_a_gpu_that_cannot_be_used_is_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import onnxruntime

    real = onnxruntime.InferenceSession

    def refuse_gpu(model: bytes, options: object, providers: list[str]) -> object:
        if "CUDAExecutionProvider" in providers:
            raise RuntimeError("CUDA driver version is insufficient")
        return real(model, options, providers=providers)

    both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: both)
    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse_gpu)
    path = tmp_path / "lfista.onnx"
    path.write_bytes((FOLDER / "lfista.onnx").read_bytes())
    with caplog.at_level(logging.WARNING):
        first = session_of(path)
        assert session_of(path) is first
    assert first.provider == "CPUExecutionProvider"
    (record,) = caplog.records
    assert "driver version is insufficient" in record.message


def test_the_environment_overrides_the_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(inference.VARIABLE, "cpu")
    assert session("lfista", Device.CUDA) is session("lfista", Device.CPU)
