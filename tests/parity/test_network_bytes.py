# SPDX-License-Identifier: Apache-2.0
"""The networks that run by default answer with the same bytes on every processor.

The digests below were found on one machine; the tests run on others. `python -m
tests.parity.test_network_bytes` prints them, after a network was trained or calibrated anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pytest

from evenlight.frames import Array
from evenlight.inference import runtime
from evenlight.inference.sessions import FOLDER

onnxruntime = runtime.onnxruntime()

#: Sizes of what is asked, and the digest of all answers.
SIZES = ((48, 80), (24, 40), (8, 8))
DIGESTS: Mapping[str, str] = {
    "blotchnet": "1db52e70a546433b43a00aac8c650a5d",
    "gfrm": "81830ffe8bb262da706805ae49de81c8",
    "tcm": "41f47706858e4f04bad03ed1ee9f32f1",
}
LEVELS = (
    onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
)


def digest(name: str, level: object = LEVELS[-1], threads: int = 1) -> str:
    """The digest of what a network answers to pictures of thousands, which no processor rounds."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level, options.intra_op_num_threads = level, threads
    content, cpu = (FOLDER / f"{name}.onnx").read_bytes(), ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(content, options, providers=cpu)
    found = hashlib.blake2b(digest_size=16)
    for seed, size in enumerate(SIZES):
        rng = np.random.default_rng(seed)
        seen: dict[str, Array] = {}
        for one in session.get_inputs():
            least = 0 if one.name == "sure" else -1024
            drawn = rng.integers(least, 1025, (1, one.shape[1], *size))
            seen[one.name] = drawn.astype(np.float32) / np.float32(1024)
        for answer in session.run(None, seen):
            found.update(answer.tobytes())
    return found.hexdigest()


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_bytes_are_those_of_other_machines(name: str) -> None:
    for level in LEVELS:
        for threads in (1, 4):
            assert digest(name, level, threads) == DIGESTS[name]


if __name__ == "__main__":
    for name in sorted(DIGESTS):
        print(f'    "{name}": "{digest(name)}",')  # noqa: T201
