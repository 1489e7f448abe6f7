# SPDX-License-Identifier: Apache-2.0
"""Trains TCM: python -m evenlight.training.tcm --data DIR --out FILE

Flickering clips as GFRM leaves them, which must have been exported before, and its weights, from
which this goes on, lie beside FILE. Sources kept back tell when to stop. The examples are made once
and lie beside the checkpoint. Export with `python -m export tcm`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.progress import Progress

from .light import TrainingStage, run
from .light_examples import Examples, Seen, collect, seen_again
from .losses import Weights


def _collect(data: Path, draws: int, seed: int, progress: Progress, jobs: int) -> Examples:
    seen = Seen(seen_again, every=2, alike=True)
    return collect(data, draws, seed, progress, seen, jobs)


#: The published weight of the warping loss; export/README.md says what the others are worth.
WEIGHTS = Weights(warping=0.1)
STAGE = TrainingStage(
    "tcm", _collect, steps=500, rate=1e-3, draws=1, starts_from="gfrm", weights=WEIGHTS
)

if __name__ == "__main__":
    sys.exit(run(STAGE))
