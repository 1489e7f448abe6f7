# SPDX-License-Identifier: Apache-2.0
"""Jobs as templates of Open Job Description, version 2023-09, without extensions.

https://github.com/OpenJobDescription/openjd-specifications/wiki
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import ParamError
from ..io import is_images
from ..presets import data_of
from .model import FarmJob, Step


def template(job: FarmJob, command: str) -> dict[str, Any]:
    """The job template, as JSON or YAML may hold it; `command` is Evenlight's on the nodes."""
    clips = {"source": (job.source, "IN"), "target": (job.target, "OUT")}
    if job.mask is not None:
        clips["mask"] = (job.mask, "IN")
    parameters = [{"name": "Evenlight", "type": "STRING", "default": _literal(command)}]
    fields = {"evenlight": "{{Param.Evenlight}}", "preset": "{{Task.File.Preset}}"}
    fields |= {"first": "{{Task.Param.First}}", "last": "{{Task.Param.Last}}"}
    for name, (path, flow) in clips.items():
        parameter, fields[name] = _clip(name.capitalize(), path, flow)
        parameters.append(parameter)
    return {
        "specificationVersion": "jobtemplate-2023-09",
        "name": _literal(job.name),
        "parameterDefinitions": parameters,
        "steps": [_step(job, step, fields) for step in job.steps],
    }


def _clip(name: str, path: Path, flow: str) -> tuple[dict[str, str], str]:
    """A parameter that farms map to their own folders, and how commands write the clip."""
    path = path.absolute()
    kind = {"type": "PATH", "dataFlow": flow}
    if flow == "IN" and not is_images(path):
        parameter = {"name": name, **kind, "objectType": "FILE", "default": _literal(str(path))}
        return parameter, f"{{{{Param.{name}}}}}"
    folder = {"name": f"{name}Folder", **kind, "objectType": "DIRECTORY"}
    folder["default"] = _literal(str(path.parent))
    return folder, f"{{{{Param.{name}Folder}}}}/{_literal(path.name)}"


def _step(job: FarmJob, step: Step, fields: Mapping[str, str]) -> dict[str, Any]:
    command, *words = (word.format_map(fields) for word in step.command)
    script: dict[str, Any] = {"actions": {"onRun": {"command": command, "args": words}}}
    if "{preset}" in step.command and job.graph is not None:
        script["embeddedFiles"] = [
            {
                "name": "Preset",
                "type": "TEXT",
                "filename": "preset.json",
                "data": json.dumps(data_of(job.graph), indent=1),  # no two braces side by side
            }
        ]
    found: dict[str, Any] = {"name": step.name, "script": script}
    if step.chunks:
        found["parameterSpace"] = {
            "taskParameterDefinitions": [
                {"name": "First", "type": "INT", "range": expression([c[0] for c in step.chunks])},
                {"name": "Last", "type": "INT", "range": expression([c[-1] for c in step.chunks])},
            ],
            "combination": "(First, Last)",
        }
    if step.needs:
        found["dependencies"] = [{"dependsOn": name} for name in step.needs]
    return found


def expression(numbers: Sequence[int]) -> str:
    """Rising numbers as a range expression, such as 1-97:32,100."""
    runs: list[str] = []
    at = 0
    while at < len(numbers):
        end = at + 1
        step = numbers[end] - numbers[at] if end < len(numbers) else 1
        while end < len(numbers) and numbers[end] - numbers[end - 1] == step:
            end += 1
        first, last = numbers[at], numbers[end - 1]
        runs.append(f"{first}" if first == last else f"{first}-{last}:{step}")
        at = end
    return ",".join(runs)


def _literal(text: str) -> str:
    if "{{" in text:
        raise ParamError(f"{text} holds {{{{, which Open Job Description takes for a field")
    return text
