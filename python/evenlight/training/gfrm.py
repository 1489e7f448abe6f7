# SPDX-License-Identifier: Apache-2.0
"""Trains GFRM: python -m evenlight.training.gfrm --data DIR --out FILE

Flickering clips as the classical stage leaves them. Sources kept back tell when to stop. The
examples are made once and lie beside the checkpoint. Export with `python -m export gfrm`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.progress import Progress

from .light import TrainingStage, run
from .light_examples import Examples, Seen, collect, seen_first


def _collect(data: Path, draws: int, seed: int, progress: Progress, jobs: int) -> Examples:
    seen = Seen(seen_first, every=6, alike=False)
    return collect(data, draws, seed, progress, seen, jobs)


STAGE = TrainingStage("gfrm", _collect, steps=4000, rate=3e-3, draws=12)

if __name__ == "__main__":
    sys.exit(run(STAGE))
