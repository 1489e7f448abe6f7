# SPDX-License-Identifier: Apache-2.0
"""Providers: what ONNX Runtime can run networks on here, and how it is told to."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..frames import Array

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
#: The device that needs no GPU.
ON_CPU = "cpu"
#: What each device asks for, best first; the CPU comes after all of them.
ASKED: Mapping[str, tuple[str, ...]] = {
    "auto": (CUDA,),
    ON_CPU: (),
    "cuda": (CUDA,),
    "tensorrt": (TENSORRT, CUDA),
}
#: Bytes of the GPU's memory that a network may take; the rest is the host's.
_GPU_MEMORY = 2**30


def chain_of(onnxruntime: Any, device: str) -> tuple[str, ...]:
    """The providers to be tried for a device, best first; the last one is the CPU."""
    there = onnxruntime.get_available_providers()
    return (*(provider for provider in ASKED[device] if provider in there), CPU)


def lacking(onnxruntime: Any, device: str) -> str:
    """A sentence on what was asked for by name and is not in this ONNX Runtime; or nothing."""
    if device == "auto" or not ASKED[device]:
        return ""
    best, chain = ASKED[device][0], chain_of(onnxruntime, device)
    if chain[0] == best:
        return ""
    return (
        f"ONNX Runtime has no {short(best)} here; networks run on {short(chain[0])}. "
        "`evenlight doctor` says why"
    )


def short(provider: str) -> str:
    """A provider's name as people know it."""
    return {CPU: "the CPU", CUDA: "CUDA", TENSORRT: "TensorRT"}[provider]


def file_for(provider: str, path: Path) -> Path:
    """The file that a provider runs of the model at `path`: on a GPU half precision where it is."""
    half = path.with_suffix(".fp16.onnx")
    return half if provider != CPU and half.is_file() else path


def open_session(onnxruntime: Any, content: bytes, file: str, chain: Sequence[str]) -> Any:
    """A session on the first provider of `chain`, which takes what nodes it cannot from the others.

    `content` is the model's, `file` its name. Raises what ONNX Runtime raises, and ModelError where
    it takes another provider instead, as it does where libraries of the GPU's are missing.
    """
    first = chain[0]
    words = "" if first == CPU else _loaded(onnxruntime)
    wanted = [(provider, _options(provider, file)) for provider in chain]
    session = onnxruntime.InferenceSession(
        content, _settings(onnxruntime), providers=wanted, enable_fallback=0
    )
    if session.get_providers()[0] != first:
        raise ModelError(words or f"ONNX Runtime cannot load {short(first)}")
    return session


def run_bound(session: Any, inputs: Mapping[str, Array], memory: str) -> list[Array]:
    """As `session.run`, with inputs and outputs bound to `memory`, cuda or cpu.

    Each input is copied there once and each output back once.
    """
    binding = session.io_binding()
    for name, value in inputs.items():
        binding.bind_cpu_input(name, np.ascontiguousarray(value))
    for output in session.get_outputs():
        binding.bind_output(output.name, memory)
    session.run_with_iobinding(binding)
    outputs: list[Array] = binding.copy_outputs_to_cpu()
    return outputs


def engine_folder() -> Path:
    """Where TensorRT's engines are kept, for each takes minutes to be made."""
    home = Path.home() / ".cache"
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif named := os.environ.get("XDG_CACHE_HOME"):
        home = Path(named)
    return home / "evenlight" / "tensorrt"


def _loaded(onnxruntime: Any) -> str:
    """Load the GPU's libraries that came by pip; the first line of what was said about it."""
    if not hasattr(onnxruntime, "preload_dlls"):
        return ""
    onnxruntime.set_default_logger_severity(4)  # what is missing is told once, in our words
    with contextlib.redirect_stdout(io.StringIO()) as said:
        onnxruntime.preload_dlls()
    return said.getvalue().partition("\n")[0]


def _settings(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4  # what goes wrong is raised
    return options


def _options(provider: str, file: str) -> dict[str, Any]:
    """Memory is taken as it is needed and up to a limit; nothing is tuned by trying it out."""
    if provider == CUDA:
        return {
            "gpu_mem_limit": _GPU_MEMORY,
            "arena_extend_strategy": "kSameAsRequested",
            "cudnn_conv_algo_search": "HEURISTIC",
            "cudnn_conv_use_max_workspace": "0",
            "use_tf32": "0",  # else fp32 is rounded to 10 bits
        }
    if provider == TENSORRT:
        folder = engine_folder()
        folder.mkdir(parents=True, exist_ok=True)
        return {
            "trt_max_workspace_size": _GPU_MEMORY,
            "trt_fp16_enable": file.endswith(".fp16.onnx"),
            "trt_engine_cache_enable": True,
            "trt_engine_cache_path": str(folder),
            "trt_timing_cache_enable": True,
            "trt_timing_cache_path": str(folder),
        }
    return {}
