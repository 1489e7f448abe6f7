# SPDX-License-Identifier: Apache-2.0
"""python -m export.calibrate --data DIR [NAME ...]: scales for the networks in exact arithmetic.

Examples are made as for training, fewer, by the same seed, and kept in build/training/calibration.
Ranges are measured on sources that are learned from; of the bits of activations those are taken
that change the answer least on sources kept back. The scales are put beside the checkpoint.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor, nn

from evenlight.errors import EvenlightError, MediaError
from evenlight.frames import Array
from evenlight.training.examples import kept

from . import NETWORKS, scales, source_of
from .exact import exactly
from .network import Material
from .scales import Scales

#: Draws of each clip, and their seed, training's.
DRAWS, SEED = 1, 7
#: Bits of activations that are tried.
BITS = range(8, 12)
#: Largest rms that rounding may make in the answer, which is in log odds.
LARGEST_ERROR = 0.1
_BATCH = 16


def calibrated(model: nn.Module, material: Material, examples: object, made_of: str) -> Scales:
    """Scales of a network with the bits that serve it best; raises MediaError if none do."""
    held: Array = examples.held  # type: ignore[attr-defined]
    measured = scales.measure(
        model, _batches(material, examples, np.flatnonzero(~held)), BITS[0], made_of
    )
    judging = list(_batches(material, examples, np.flatnonzero(held)))
    tried = [replace(measured, bits=bits) for bits in BITS]
    best = min((replace(one, error=error(model, one, judging)) for one in tried), key=_error)
    if best.error > LARGEST_ERROR:
        raise MediaError(f"rounding changes the answer by {best.error}; nothing was written")
    return best


def error(model: nn.Module, tried: Scales, batches: list[tuple[Tensor, ...]]) -> float:
    """Rms of what the exact form of a network differs by from the network itself."""
    rounded, total, count = exactly(model, tried), 0.0, 0
    with torch.no_grad():
        for inputs in batches:
            apart = (rounded(*inputs) - model(*inputs)).double()
            total, count = total + float((apart**2).sum()), count + apart.numel()
    return float(f"{(total / count) ** 0.5:.3g}")


def _error(scales: Scales) -> float:
    return scales.error


def _batches(material: Material, examples: object, chosen: Array) -> Iterator[tuple[Tensor, ...]]:
    for first in range(0, len(chosen), _BATCH):
        yield material.inputs(examples, chosen[first : first + _BATCH])


def main() -> int:
    """Measure, and say what was found."""
    exact = [name for name, network in NETWORKS.items() if network.material]
    parser = argparse.ArgumentParser(prog="python -m export.calibrate", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(exact))
    parser.add_argument("--data", type=Path, required=True, help="folder that holds clips/ …")
    parser.add_argument("--trained", type=Path, default=Path("build/training"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    unknown = set(options.names) - set(exact)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(exact)}")
    torch.set_num_threads(1)
    try:
        with Progress(disable=not sys.stderr.isatty()) as progress:
            for name in options.names or exact:
                sys.stdout.write(_calibrate(name, options, progress))
    except EvenlightError as wrong:
        sys.stderr.write(f"error: {wrong}\n")
        return 1
    return 0


def _calibrate(name: str, options: argparse.Namespace, progress: Progress) -> str:
    material, source = NETWORKS[name].material, source_of(name, options.trained)
    assert material is not None
    folder = options.trained / "calibration"
    folder.mkdir(parents=True, exist_ok=True)
    made_of = f"{DRAWS} draws, seed {SEED}"
    examples = kept(
        material.kind,
        folder / source.name,
        made_of,
        lambda: material.collect(options.data, DRAWS, SEED, progress, options.jobs),
    )
    found = calibrated(NETWORKS[name].load(source), material, examples, made_of)
    scales.write(found, source)
    return f"{scales.path_of(source)}: {found.bits} bits, {found.error} rms in the answer\n"


if __name__ == "__main__":
    sys.exit(main())
