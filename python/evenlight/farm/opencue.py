# SPDX-License-Identifier: Apache-2.0
"""Jobs as OpenCue's job specification, made by its own PyOutline.

https://docs.opencue.io/docs/reference/pyoutline-api
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import EvenlightError
from .model import FarmJob, Step


def specification(job: FarmJob, command: str, preset: Path) -> str:
    """The XML that a Cuebot launches; `preset` is where the nodes find the job's preset.

    A step is a layer; one whose chunks are cut short by shots is a layer for each shot, for
    OpenCue's chunks are of one size. Raises EvenlightError where PyOutline is missing.
    """
    outline = _outline()
    whole = [
        frame for step in job.steps for chunk in step.chunks for frame in (chunk[0], chunk[-1])
    ]
    sheet = outline.Outline(
        name=re.sub(r"[^\w.-]+", "_", job.name), frame_range=f"{min(whole)}-{max(whole)}"
    )
    fields = {"evenlight": command, "preset": str(preset.absolute())}
    fields |= {"first": "#FRAME_START#", "last": "#FRAME_END#"}
    fields |= {"source": str(job.source.absolute()), "target": str(job.target.absolute())}
    others = ("mask", job.mask), ("analysis", job.analysis), ("repairs", job.repairs)
    for clip, path in others:
        fields[clip] = str(path.absolute()) if path else ""
    layers: dict[str, list[Any]] = {}
    for step in job.steps:
        words = [shlex.quote(word.format_map(fields)) for word in step.command]
        layers[step.name] = list(_layers(outline, sheet, step, words, min(whole)))
        for layer in layers[step.name]:
            for needed in (one for name in step.needs for one in layers[name]):
                layer.depend_on(needed, outline.depend.DependType.LayerOnLayer)
    launcher = outline.cuerun.OutlineLauncher(sheet)
    specification: str = launcher.serialize(use_pycuerun=False)
    return specification


def _layers(outline: Any, sheet: Any, step: Step, words: list[str], first: int) -> Iterator[Any]:
    runs = list(even_runs(step.chunks)) or [(range(first, first + 1), 1)]
    for place, (numbers, size) in enumerate(runs, 1):
        name = step.name.lower() if len(runs) == 1 else f"{step.name.lower()}_shot_{place}"
        layer = outline.layer.Layer(
            name,
            command=words,
            range=f"{numbers[0]}-{numbers[-1]}",
            chunk=size,
            register=True,
        )
        sheet.add_layer(layer)
        yield layer


def even_runs(chunks: tuple[range, ...]) -> Iterator[tuple[range, int]]:
    """Runs of chunks of one size, of which the last may be shorter: all frames, and the size."""
    at = 0
    while at < len(chunks):
        size, end = len(chunks[at]), at + 1
        while end < len(chunks) and len(chunks[end - 1]) == size >= len(chunks[end]):
            end += 1
        yield range(chunks[at].start, chunks[end - 1].stop), size
        at = end


def _outline() -> Any:
    try:
        import outline
        import outline.cuerun
        import outline.layer
    except ImportError as error:
        raise EvenlightError(
            "OpenCue's jobs are made by PyOutline; run `pip install opencue-pyoutline packaging`"
        ) from error
    return outline
