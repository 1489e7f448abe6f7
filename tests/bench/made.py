# SPDX-License-Identifier: Apache-2.0
"""Clips as machines make them: fields of different light, and chunks that were joined."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tests.bench.metrics import light_error
from tests.bench.peers import Frames, Method, package
from tests.bench.quality import Report, Table
from tests.bench.scenes import Scenes

import evenlight
from evenlight.analysis import save
from evenlight.effects import Deflicker
from evenlight.engine import Request, analyse_frame, open_effect
from evenlight.evaluation import damage
from evenlight.frames import Array
from evenlight.inference.sessions import Sessions

#: Methods that stand beside in the table of fields.
_BESIDE = (
    "do nothing", "FFmpeg deflicker, size 10", "FFmpeg tmidequalizer, r 8, s 1",
    "Evenlight Deflicker",
)  # fmt: skip
#: Frames of a chunk; a clip is as long as the clips of the benchmark, or two chunks.
CHUNKS = (33, 77, 81)
_STOPS_TO_LEVELS = 89  # of middle grey, by the slope of 2^x at 128


def fields_table(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Table:
    """Odd less even lines, where each field has a gain of its own."""
    table = Table("Fields of different light: |odd - even| over the clean clip's, levels")
    ours = {
        "Evenlight Deflicker, fields": evenlight.deflicker,
        "Evenlight Restore, fields": evenlight.restore,
    }
    for name, clean in scenes.clean():
        woven = _woven(clean)
        rng = np.random.default_rng([scenes.seed, 7, sum(name.encode())])
        for kind, gains in (
            ("at random", rng.uniform(0.85, 1.1, (len(woven), 2))),
            ("alternating", np.tile((1.0, 0.88), (len(woven), 1))),
        ):
            lit = damage.as_bytes(woven / np.float32(255) * _of_rows(gains, woven.shape[1]))
            for method in _BESIDE:
                report(f"fields: {name}, {method}")
                out = methods[method](lit, range(len(lit)))
                table.put(method, f"{name} {kind}", {"levels": _apart(out, woven)})
            for method, function in ours.items():
                report(f"fields: {name}, {method}")
                told = function(lit, fields="upper first")
                table.put(method, f"{name} {kind}", {"levels": _apart(np.stack(list(told)), woven)})
    return table


def joins_table(scenes: Scenes, report: Report) -> Table:
    """Steps at joins in levels of middle grey, and drift over the joined clip's in per cent."""
    table = Table(
        "Joins every 33, 77 and 81 frames: step at a join, levels; drift, % of the clip's"
    )
    for name, clean in scenes.long():
        for every in (every for every in CHUNKS if every < len(clean)):
            rng = np.random.default_rng([scenes.seed, every, sum(name.encode())])
            joined = damage.as_bytes(damage.joins(clean / np.float32(255), rng, every=every))
            report(f"joins: {name}, every {every}")
            before = _strayed(joined, clean, every)
            for method, out in (
                ("do nothing", joined),
                ("Evenlight Deflicker, joins evened out", _evened(joined)),
            ):
                light = _strayed(out, clean, every)
                at = np.arange(every, len(clean), every)
                row = {
                    "step": float(np.abs(light[at] - light[at - 1]).mean()),
                    "drift %": 100 * float(light.std() / before.std()),
                }
                table.put(method, f"{name} {every}", row)
    return table


def _woven(clip: Array) -> Array:
    """Interlaced frames (T/2, H, W, 3) of a clip's frames, the even lines of the earlier one."""
    woven = clip[: len(clip) // 2 * 2 : 2].copy()
    woven[:, 1::2] = clip[1::2, 1::2]
    return woven


def _of_rows(gains: Array, height: int) -> Array:
    """Gains of the fields (T, 2) by the lines of the frame (T, H, 1, 1)."""
    return np.asarray(np.tile(gains, (1, -(-height // 2)))[:, :height, None, None], np.float32)


def _apart(clip: Array, clean: Array) -> float:
    rows = [c.mean(axis=(2, 3)) for c in (clip, clean)]
    odd_less_even = [r[:, 1::2].mean(axis=1) - r[:, 0::2].mean(axis=1) for r in rows]
    return float(np.abs(odd_less_even[0] - odd_less_even[1]).mean())


def _strayed(clip: Array, clean: Array, every: int) -> Array:
    """Light of each frame over the clean clip's, against its mean over the first chunk, levels."""
    light = _STOPS_TO_LEVELS * light_error(clip, clean)
    return np.asarray(light - light[:every].mean())


def _evened(clip: Array) -> Array:
    """The clip through Deflicker, analysed before as the command line does it."""
    effect, server = open_effect(Deflicker.identifier, Sessions()), Frames(clip)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.evenlight"
        records = [
            record
            for number in range(len(clip))
            for record in analyse_frame(effect, server, Request(float(number), 40, 40))
        ]
        save(path, records, overwrite=False)
        values = {"joins": "even_out", "analysis": str(path)}
        return package(Deflicker, values)(clip, range(len(clip)))
