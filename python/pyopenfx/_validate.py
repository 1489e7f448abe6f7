# SPDX-License-Identifier: Apache-2.0
"""Puts a bundle through its paces, one category at a time, each in a process of its own.

`python -m pyopenfx._validate CATEGORY BUNDLE` runs one category here and prints its findings as
JSON lines; `validate` runs them in children: a plug-in that crashes is reported, not suffered.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import PyOpenFXError
from ._host import Host
from ._instance import Instance
from ._layout import COMPONENTS, DEPTHS, Array, Layout, to_depth
from ._plugin import Plugin
from ._report import Finding, Severity

_SIZE = (36, 52)  # h, w of the test frames
_FRAMES = 5


def _frames(channels: int = 4, dtype: str = "float", n: int = _FRAMES) -> list[Array]:
    rng = np.random.default_rng(7)
    shape = (*_SIZE, channels)
    return [to_depth(rng.random(shape, np.float32), dtype) for _ in range(n)]


def _instance(plugin: Plugin, context: str | None = None) -> Instance:
    instance = plugin.create(context or plugin.contexts[0])
    for clip in instance.clips.values():
        if clip.name == "Output":
            continue
        described = next(c for c in plugin.describe(instance.context).clips if c.name == clip.name)
        if not described.optional and clip.supported_components:
            clip.connect(_frames(COMPONENTS.get(clip.supported_components[0], 4)))
    return instance


def _is_unbounded(value: Any) -> bool:
    return isinstance(value, (int, float)) and abs(value) >= 2**31 - 1


def _scanning(host: Host, plugins: list[Plugin]) -> None:
    bundles = {plugin.binary for plugin in plugins}
    identifiers = [(plugin.identifier, plugin.version) for plugin in plugins]
    if len(set(identifiers)) < len(identifiers):
        host.note(Finding("same-identifier", Severity.ERROR, "", f"{identifiers} are not unique"))
    for plugin in plugins:
        if ":" in plugin.identifier:
            text = f"{plugin.identifier} holds a colon, which MLT replaces"
            host.note(Finding("identifier", Severity.WARNING, "", text))
    host.close()
    for binary in bundles:
        host.load(binary)  # Load, Unload, Load is what hosts do


def _descriptor(_: Host, plugins: list[Plugin]) -> None:
    for plugin in plugins:
        for context in plugin.contexts:
            if context in ("Filter", "General", "Generator", "Transition", "Retimer"):
                plugin.describe(context)


def _params(host: Host, plugins: list[Plugin]) -> None:
    for plugin in plugins:
        with _instance(plugin) as instance:
            for name, param in instance.params.items():
                about = param.describe()
                values = [about.display_minimum, about.display_maximum, about.default]
                if about.type == "Choice":
                    values = [*range(len(about.choices)), about.default]
                if about.type == "Boolean":
                    values = [True, False, about.default]
                for value in values if about.type not in ("Group", "Page", "PushButton") else []:
                    parts = value if isinstance(value, tuple) else (value,)
                    if any(part is None or _is_unbounded(part) for part in parts):
                        continue
                    try:
                        param.set(value)
                        instance.render(1)
                    except PyOpenFXError as error:
                        text = f"{name} = {value!r}: {error}"
                        host.note(Finding("param-value", Severity.ERROR, "Render", text))


def _actions(host: Host, plugins: list[Plugin]) -> None:
    for plugin in plugins:
        for context in plugin.contexts:
            if context not in host.options.contexts:
                continue
            with _instance(plugin, context) as instance:
                instance.region_of_definition(1)
                instance.regions_of_interest(1)
                instance.frames_needed(1)
                instance.is_identity(1)
                instance.render(1)
                instance.purge_caches()
                instance.sync_private_data()
                for name, param in instance.params.items():
                    if param.type == "OfxParamTypePushButton":
                        instance.push(name)
                instance.abort = True
                try:
                    instance.render(2)
                except PyOpenFXError as error:
                    if "aborted" not in str(error):
                        raise
                instance.abort = False
                instance.render(0)
                instance.render(_FRAMES - 1)


_LAYOUTS = [
    Layout("padded rows", row_padding=64),
    Layout("bottom row first", negative_row_bytes=False),
    Layout("bounds off the origin", origin=(-7, 13)),
    Layout("all of these", row_padding=12, negative_row_bytes=False, origin=(5, -9)),
]
_WINDOW = (16, 8, 40, 30)


def _layouts(host: Host, plugins: list[Plugin]) -> None:
    def compare(name: str, got: Array, want: Array) -> None:
        if not np.array_equal(got, want, equal_nan=True):
            worst = np.nanmax(np.abs(got.astype(np.float64) - want.astype(np.float64)))
            text = f"{name}: pixels differ from the plain layout by up to {worst:g}"
            host.note(Finding("layout", Severity.ERROR, "Render", text))

    for plugin in plugins:
        with _instance(plugin) as instance:
            plain = instance.render(1).copy()
            for layout in _LAYOUTS:
                compare(layout.name, instance.render(1, layout=layout), plain)
            x1, y1, x2, y2 = _WINDOW
            inside = plain[_SIZE[0] - y2 : _SIZE[0] - y1, x1:x2]
            if plain.shape[:2] == _SIZE:
                compare("window inside the frame", instance.render(1, _WINDOW), inside)
            instance.render(1, scale=0.5)
            missing = Layout("missing neighbours", missing_times=(-1.0, 0.0, 2.0))
            instance.render(1, layout=missing)
            described = plugin.properties["OfxImageEffectPropSupportedPixelDepths"]
            for depth, (full, _dtype) in DEPTHS.items():
                if full in described and depth in host.options.depths:
                    instance.render(1, depth=depth)
            for components in instance.clips["Output"].supported_components:
                if components in COMPONENTS:
                    instance.render(1, components=components)


def _threads(host: Host, plugins: list[Plugin]) -> None:
    for plugin in plugins:
        if plugin.properties["OfxImageEffectPluginRenderThreadSafety"] == [
            "OfxImageEffectRenderUnsafe"
        ]:
            continue
        instances = [_instance(plugin) for _ in range(2)]
        want = [instances[0].render(time).copy() for time in range(_FRAMES)]
        wrong: set[str] = set()

        def work(instance: Instance, want: list[Array], wrong: set[str]) -> None:
            try:
                for time in (*range(_FRAMES), *reversed(range(_FRAMES))):
                    if not np.array_equal(instance.render(time), want[time], equal_nan=True):
                        wrong.add(f"frame {time} differs when two instances render at once")
            except PyOpenFXError as error:
                wrong.add(str(error))

        workers = [threading.Thread(target=work, args=(each, want, wrong)) for each in instances]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        for text in sorted(wrong):
            host.note(Finding("threads", Severity.ERROR, "Render", text))
        for instance in instances:
            instance.close()


CATEGORIES: dict[str, Callable[[Host, list[Plugin]], None]] = {
    "scanning": _scanning,
    "descriptor": _descriptor,
    "params": _params,
    "actions": _actions,
    "layouts": _layouts,
    "threads": _threads,
}


def run_category(category: str, bundle: Path) -> list[Finding]:
    """Run one category in this process."""
    host = Host(strict=True, asks_identity=category == "actions")
    try:
        with host:
            CATEGORIES[category](host, host.load(bundle))
    except PyOpenFXError as error:
        host.note(Finding("failed", Severity.ERROR, "", str(error)))
    return host.report


def validate(bundle: Path, categories: list[str], timeout: float) -> dict[str, list[Finding]]:
    """Run categories in children; one that crashes or hangs becomes a finding."""
    report = {}
    for category in categories:
        command = [sys.executable, "-m", "pyopenfx._validate", category, str(bundle)]
        try:
            child = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            text = f"it did not come back within {timeout:g} s"
            report[category] = [Finding("hang", Severity.ERROR, "", text)]
            continue
        lines = [line for line in child.stdout.splitlines() if line.startswith("{")]
        findings = [Finding(**json.loads(line)) for line in lines]
        if child.returncode:
            end = f"signal {-child.returncode}" if child.returncode < 0 else child.stderr[-2000:]
            findings.append(Finding("crash", Severity.ERROR, "", f"the process ended with {end}"))
        report[category] = [
            Finding(each.rule, Severity(each.severity), each.action, each.message)
            for each in findings
        ]
    return report


if __name__ == "__main__":
    for finding in run_category(sys.argv[1], Path(sys.argv[2])):
        sys.stdout.write(json.dumps(asdict(finding)) + "\n")
