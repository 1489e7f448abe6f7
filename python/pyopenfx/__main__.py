# SPDX-License-Identifier: Apache-2.0
"""`python -m pyopenfx info|validate|render BUNDLE …` and `probe`"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ._errors import ActionError, ParamError, PyOpenFXError
from ._host import Host
from ._param import ParamDescription
from ._pictures import check_target, read_frames, write_frames
from ._plugin import Plugin
from .probe import command as probing
from .validator import command


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 for success, 1 for a run that failed, 2 for a wrong request."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # what plug-ins say need not suit the terminal
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.run(options))
    except ParamError as error:
        sys.stderr.write(f"pyopenfx: {error}\n")
        return 2
    except (PyOpenFXError, OSError, ValueError) as error:
        sys.stderr.write(f"pyopenfx: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pyopenfx", description="An OpenFX host for NumPy.")
    commands = parser.add_subparsers(required=True)

    info = commands.add_parser("info", help="print plug-ins, clips and parameters")
    info.add_argument("bundle", type=Path)
    info.add_argument("--json", action="store_true", help="as JSON")
    info.set_defaults(run=_info)

    command.add_to(commands)
    probing.add_to(commands)

    render = commands.add_parser("render", help="render frames of .npy, PNG or EXR")
    render.add_argument("bundle", type=Path)
    render.add_argument(
        "input",
        type=Path,
        help="a .npy (T, h, w, C) or (h, w, C), an image, in.####.exr, or a folder of frames",
    )
    render.add_argument("output", type=Path, help="a .npy of all frames, an image, or out.####.png")
    render.add_argument("--plugin", help="identifier; the first plug-in unless given")
    render.add_argument("--context", default="Filter")
    render.add_argument("--frames", metavar="A-B", help="inclusive; all unless given")
    render.add_argument("--scale", type=float, default=1.0)
    render.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    render.add_argument("--overwrite", action="store_true")
    render.set_defaults(run=_render)
    return parser


def _info(options: argparse.Namespace) -> int:
    with Host() as host:
        try:
            plugins = host.load(options.bundle)
        except ActionError:
            plugins = []  # told below, as each plug-in that failed is
        about = [_about(plugin) for plugin in plugins]
        about += [
            {"identifier": each.identifier, "error": str(each.error)} for each in host.refused
        ]
    if options.json:
        sys.stdout.write(json.dumps(about, indent=2) + "\n")
    else:
        for plugin in about:
            sys.stdout.writelines(f"{line}\n" for line in _lines(plugin))
    failures = [error for plugin in about for error in _failures(plugin)]
    sys.stderr.writelines(f"pyopenfx: {failure}\n" for failure in failures)
    return 1 if failures else 0


def _about(plugin: Plugin) -> dict[str, Any]:
    return {
        "identifier": plugin.identifier,
        "version": list(plugin.version),
        "label": plugin.label,
        "grouping": plugin.grouping,
        "description": plugin.description,
        "contexts": {context: _described(plugin, context) for context in plugin.contexts},
    }


def _described(plugin: Plugin, context: str) -> dict[str, Any]:
    try:
        described = asdict(plugin.describe(context))
    except ActionError as error:
        return {"error": str(error)}
    return {key: described[key] for key in ("clips", "params")}


def _failures(about: dict[str, Any]) -> Iterator[str]:
    name = about["identifier"]
    if "error" in about:
        yield f"{name} cannot be described: {about['error']}"
    for context, described in about.get("contexts", {}).items():
        if "error" in described:
            yield f"{name} cannot be described in context {context}: {described['error']}"


def _lines(about: dict[str, Any]) -> Iterator[str]:
    if "error" in about:
        return
    yield f"{about['identifier']} {'.'.join(map(str, about['version']))}  {about['label']}"
    described = {name: each for name, each in about["contexts"].items() if "error" not in each}
    for context, each in described.items():
        yield f"  {context}: {', '.join(clip['name'] for clip in each['clips'])}"
    for param in next(iter(described.values()), {"params": []})["params"]:
        yield f"    {_line(ParamDescription(**param))}"


def _line(param: ParamDescription) -> str:
    if param.type in ("Group", "Page"):
        return f"[{param.label}]"
    value = f" = {param.default!r}" if param.default is not None else ""
    if param.choices:
        value = " = " + " | ".join(
            f"*{label}" if index == param.default else label
            for index, label in enumerate(param.choices)
        )
    elif isinstance(param.minimum, (int, float)) and not isinstance(param.default, tuple):
        value += f" ({param.minimum:g} to {param.maximum:g})"
    return f"{param.name}: {param.type}{value}  {param.hint}".rstrip()


def _render(options: argparse.Namespace) -> int:
    frames, number = read_frames(options.input)
    first, last = _range(options.frames, len(frames))
    place = last - first + 1, number + first
    check_target(options.output, *place, overwrite=options.overwrite)
    with Host() as host:
        plugins = host.load(options.bundle)
        named = [p for p in plugins if options.plugin in (None, p.identifier)]
        if not named:
            there = ", ".join(plugin.identifier for plugin in plugins)
            raise ParamError(f"there is no plug-in {options.plugin!r}; there are {there}")
        with named[0].create(options.context) as instance:
            for assignment in options.param:
                name, _, text = assignment.partition("=")
                instance.params[name].set(_value(text, instance.params[name].describe()))
            clips = [clip for name, clip in instance.clips.items() if name != "Output"]
            if clips:
                clips[0].connect(frames)
            rendered = (instance.render(t, scale=options.scale) for t in range(first, last + 1))
            write_frames(options.output, rendered, *place)
    return 0


def _range(text: str | None, n_frames: int) -> tuple[int, int]:
    if text is None:
        return 0, n_frames - 1
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise ParamError(f"--frames is {text!r}; it must be like 3 or 0-9")
    span = int(first), int(last if dash else first)
    if not span[0] <= span[1] < n_frames:
        raise ParamError(f"--frames is {text}; it must lie between 0 and {n_frames - 1}")
    return span


def _value(text: str, param: ParamDescription) -> Any:
    if param.type == "Boolean":
        if text.lower() not in ("0", "1", "true", "false"):
            raise ParamError(f"{param.name} is {text!r}; it must be true or false")
        return text.lower() in ("1", "true")
    if param.type in ("String", "Custom", "StrChoice"):
        return text
    if param.type == "Choice":
        return int(text) if text.isdecimal() else text
    return text.split(",") if "," in text else text


if __name__ == "__main__":
    sys.exit(main())
