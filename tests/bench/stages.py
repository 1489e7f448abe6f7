# SPDX-License-Identifier: Apache-2.0
"""Worth of each learned stage: STE, then one stage more at a time, beside the exact solver.

Damage is drawn from distributions that name all that the published one leaves open.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from tests.bench.metrics import texture
from tests.bench.peers import Method, nothing, package
from tests.bench.quality import Report, Row, Table
from tests.bench.scenes import Scenes

from evenlight.effects import Deflicker
from evenlight.evaluation import damage, flickering, metrics
from evenlight.frames import Array

_LEARNED = {"method": "learned"}
_TEXTURE = {"stage_local": 1.0}
STAGES: dict[str, Method] = {
    "do nothing": nothing,
    "STE": package(Deflicker, {"local": 0.0}),
    "STE, exact solver": package(Deflicker),
    "STE, GFRM": package(Deflicker, {**_LEARNED, "solver": "none", "stage_temporal": 0.0}),
    "STE, exact solver, GFRM": package(Deflicker, {**_LEARNED, "stage_temporal": 0.0}),
    "STE, exact solver, GFRM, TCM": package(Deflicker, {**_LEARNED, "stage_temporal": 1.0}),
    "STE, exact solver, LFRM": package(
        Deflicker, {**_LEARNED, "stage_light": 0.0, "stage_temporal": 0.0, **_TEXTURE}
    ),
    "STE, exact solver, GFRM, LFRM": package(
        Deflicker, {**_LEARNED, "stage_temporal": 0.0, **_TEXTURE}
    ),
    "STE, exact solver, GFRM, TCM, LFRM": package(
        Deflicker, {**_LEARNED, "stage_temporal": 1.0, **_TEXTURE}
    ),
}


def mixed(clip: Array, seed: int) -> Array:
    """A clip (T, H, W, 3) uint8 with the mixed distribution's flicker."""
    rng = np.random.default_rng([seed, 99])
    return damage.as_bytes(_mixed(clip.astype(np.float32) / np.float32(255), rng))


def _mixed(clip: Array, rng: np.random.Generator) -> Array:
    local = damage.local_flicker(clip, rng, amount=0.2)
    return damage.global_flicker(local, rng, gain=(0.65, 1.4), gamma=(0.9, 1.1))


#: Distributions by the title of their table; everything clips at white.
FLICKER: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    "global: gain 0.7 to 1.3, gamma 0.8 to 1.25": damage.global_flicker,
    "local: a 4 x 4 grid of gains, 25 % either way": damage.local_flicker,
    "rows: bands of 20 %": damage.row_flicker,
    "mixed: local 20 %, then gain 0.65 to 1.4 and gamma, clipped": _mixed,
    "window: additive, smooth, for 2 to 12 frames": flickering.window_constant,
    "none: clean clips": lambda clip, _: clip,
}


def measure_stages(scenes: Scenes, report: Report) -> Iterator[Table]:
    """A table for each distribution."""
    tables = {title: Table(f"Learned stages, {title}") for title in FLICKER}
    for name, clean in scenes.clean():
        motion = metrics.CleanMotion(clean)
        for number, (title, make) in enumerate(FLICKER.items()):
            report(f"stages: {name}, {title}")
            rng = np.random.default_rng([scenes.seed, 100 + number, sum(name.encode())])
            damaged = damage.as_bytes(make(clean.astype(np.float32) / np.float32(255), rng))
            for method, run in STAGES.items():
                started = time.process_time()
                out = run(damaged, range(len(damaged)))
                elapsed = time.process_time() - started
                row = _judge(out, clean, motion)
                row["inside"] = _inside(out, damaged, clean)
                row["CPU ms a frame"] = 1000 * elapsed / len(clean)
                tables[title].put(method, name, row)
    yield from tables.values()


def _judge(out: Array, clean: Array, motion: metrics.CleanMotion) -> Row:
    frames = metrics.psnr_frames(out, clean)
    return {
        "PSNR-Y": float(frames.mean()),
        "at best exposure": _at_best_exposure(out, clean),
        "worst frame": float(frames.min()),
        "warp": motion.warp_error(out),
        "step": metrics.step(out, clean),
        "sharpness": texture(out, clean)[0],
    }


def _at_best_exposure(out: Array, clean: Array) -> float:
    """PSNR-Y with one gain for the whole clip, the best one: the mean of its flicker is chance."""
    seen, true = (metrics.luma(clip[::2]) for clip in (out, clean))
    gain = float((seen * true).sum() / max(float((seen**2).sum()), 1e-6))
    errors = ((gain * seen - true) ** 2).mean(axis=(1, 2))
    return float(np.minimum(metrics.CAP, 10 * np.log10(255**2 / np.maximum(errors, 1e-9))).mean())


def _inside(out: Array, damaged: Array, clean: Array) -> float:
    """PSNR-Y of all pixels with a value that the damage clipped and that was not clipped before."""
    total, count = 0.0, 0
    for one, before, truth in zip(out, damaged, clean, strict=True):
        lost = ((before == 255) & (truth < 255)).any(axis=2)
        total += float(((metrics.luma(one) - metrics.luma(truth))[lost] ** 2).sum())
        count += int(lost.sum())
    return min(metrics.CAP, 10 * np.log10(255**2 * max(count, 1) / max(total, 1e-9)))
