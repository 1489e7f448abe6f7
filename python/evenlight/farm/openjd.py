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


def template(job: FarmJob, command: str, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The job template, as JSON or YAML may hold it, and values of parameters it cannot hold.

    `command` is Evenlight's on the nodes. `folder` is where the template will stand: the standard
    wants the defaults of paths inside it, so those of clips elsewhere have to be given beside it.
    """
    clips = {"source": (job.source, "IN"), "target": (job.target, "OUT")}
    if job.mask is not None:
        clips["mask"] = (job.mask, "IN")
    if job.analysis is not None:
        clips["analysis"] = (job.analysis, "INOUT")
    if job.repairs is not None:
        clips["repairs"] = (job.repairs, "IN")
    parameters = [{"name": "Evenlight", "type": "STRING", "default": _literal(command)}]
    fields = {"evenlight": "{{Param.Evenlight}}", "preset": "{{Task.File.Preset}}"}
    fields |= {"first": "{{Task.Param.First}}", "last": "{{Task.Param.Last}}"}
    values = {}
    for clip, (path, flow) in clips.items():
        parameter, place, fields[clip] = _clip(clip.capitalize(), path.absolute(), flow)
        if place.is_relative_to(folder.absolute()):
            parameter["default"] = _literal(str(place.relative_to(folder.absolute())))
        else:
            values[parameter["name"]] = str(place)
        parameters.append(parameter)
    found = {
        "specificationVersion": "jobtemplate-2023-09",
        "name": _literal(job.name),
        "parameterDefinitions": parameters,
        "steps": [_step(job, step, fields) for step in job.steps],
    }
    return found, values


def _clip(name: str, path: Path, flow: str) -> tuple[dict[str, str], Path, str]:
    """A parameter that farms map to their own folders, its value, and how commands write it."""
    kind = {"type": "PATH", "dataFlow": flow}
    if flow == "IN" and not is_images(path):
        return {"name": name, **kind, "objectType": "FILE"}, path, f"{{{{Param.{name}}}}}"
    folder = f"{name}Folder"
    written = f"{{{{Param.{folder}}}}}/{_literal(path.name)}"
    return {"name": folder, **kind, "objectType": "DIRECTORY"}, path.parent, written


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
