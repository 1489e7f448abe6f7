# SPDX-License-Identifier: Apache-2.0
"""The probe finds the ways of every known host back, and each fault of a host by its check."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from test_validator import validate

from pyopenfx._options import KNOWN, HostOptions, HostWays, KnownHost
from pyopenfx.probe import CHECKS, as_toml, bundle, judged, played, profile_of, read_log
from pyopenfx.probe.log import Log
from pyopenfx.probe.playing import IDENTIFIER
from pyopenfx.probe.tables import names_inc
from pyopenfx.validator.check import Verdict

Lines = list[dict[str, Any]]
STANDARD = KnownHost(HostOptions(), HostWays())


def test_what_is_asked_for_is_what_the_tables_say() -> None:
    import pyopenfx.probe

    written = Path(pyopenfx.probe.__file__).parent / "src" / "names.inc"
    assert written.read_text() == names_inc(), "run make update"


def test_the_validator_finds_no_fault_in_the_probe() -> None:
    options = ("--only", "scanning", "--only", "actions", "--only", "render.*", "--only", "hosts")
    code, report = validate(bundle(), *options, "--jobs", "2")
    rules = {each["rule"] for result in report["results"] for each in result["findings"]}
    assert rules <= {"risky-type"}  # it has a parameter of every kind
    assert code == 0
    assert {result["plugin"] for result in report["results"]} == {IDENTIFIER}


def same(found: Any, told: Any) -> bool:
    if isinstance(told, (list, tuple)):
        return sorted(map(str, found)) == sorted(str(_listed(each)) for each in told)
    return found == told


def _listed(each: Any) -> Any:
    return list(each) if isinstance(each, tuple) else each


@pytest.mark.parametrize("name", ["standard", *KNOWN])
def test_the_ways_of_a_host_are_found_back(name: str) -> None:
    known = KNOWN.get(name, STANDARD)
    profile = tomllib.loads(as_toml(profile_of(played(name))))
    if known.ways.renders == "clone":  # the host that is played makes one for each frame
        assert profile["ways"].pop("renders") == "instance for each frame"
    for table, told in (("host", known.options), ("ways", known.ways)):
        found: Mapping[str, Any] = profile[table]
        assert len(found) >= 5
        wrong = {key: each for key, each in found.items() if not same(each, getattr(told, key))}
        assert wrong == {}
    assert set(profile["host"]) >= {"withheld_suites", "null_functions", "missing_properties"}


#: Checks that known hosts do not pass, and why.
STUMBLES = {
    "mlt": {"description.host", "actions.queries", "render.neighbours"},
    "natron-proxy": {"render.identifiers"},
    "resolve": {"scanning.suites", "render.unconnected"},
}


@pytest.mark.parametrize("name", ["standard", *KNOWN])
def test_a_host_stumbles_where_its_file_says_so(name: str) -> None:
    log = played(name)
    bad = {result.check for result in judged(log, name) if result.verdict is not Verdict.PASSED}
    assert bad == STUMBLES.get(name, set())


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """The log of a host without fault."""
    folder = tmp_path_factory.mktemp("log")
    done = subprocess.run(
        [sys.executable, "-m", "pyopenfx.probe.playing", "standard"],
        env={"PYOPENFX_PROBE": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def first(lines: Lines, event: str, **fields: Any) -> dict[str, Any]:
    return next(
        line for line in lines
        if line["event"] == event and all(line.get(key) == each for key, each in fields.items())
    )  # fmt: skip


def action(lines: Lines, name: str) -> dict[str, Any]:
    return next(
        each for each in lines if each["event"] == "action" and each["action"].endswith(name)
    )


def forget(lines: Lines, name: str) -> None:
    """As if the action had never come, nor what was asked during it."""
    kept, dropped = [], None
    for line in lines:
        if dropped is None and str(line.get("action", "")).endswith(name):
            dropped = line["number"]
        if dropped is None:
            kept.append(line)
        elif line["event"] == "end" and line["number"] == dropped:
            dropped = None
    lines[:] = kept


def image(lines: Lines, clip: str = "Source") -> dict[str, Any]:
    return first(lines, "image", clip=clip, status=0)


def alike(lines: Lines, name: str) -> None:
    for each in lines:
        if each["event"] == "image" and "properties" in each:
            each["properties"][name][1][0] = 7 if name.endswith("Data") else "same"


def put(target: dict[str, Any], name: str, value: Any) -> None:
    target[name] = value


#: A fault of a host -> the log with it, the check that finds it, and the rule.
FAULTS: dict[str, tuple[Callable[[Lines], object], str, str]] = {
    "no suite": (lambda it: first(it, "host")["suites"].pop(0), "scanning.suites", "no-suite"),
    "a null function": (
        lambda it: first(it, "host")["suites"][1][2].append(4), "scanning.suites", "null-function"),
    "no Load": (lambda it: forget(it, "OfxActionLoad"), "scanning.loads", "not-loaded"),
    "no Describe": (lambda it: forget(it, "OfxActionDescribe"), "scanning.loads", "not-described"),
    "no name": (
        lambda it: put(first(it, "host")["properties"], "OfxPropName", 3),
        "description.host", "no-property"),
    "a status of its own": (
        lambda it: put(first(it, "host")["properties"], "OfxPropName", 1),
        "description.host", "status"),
    "a text for a number": (
        lambda it: put(first(it, "host")["properties"], "OfxImageEffectPropSupportsTiles",
                       ["s", ["1"]]), "description.host", "property-type"),
    "a parameter refused": (
        lambda it: put(first(it, "described")["params"][2], 1, 1), "description.contexts", "param"),
    "bounds of two": (
        lambda it: put(image(it)["properties"], "OfxImagePropBounds", ["i", [0, 0]]),
        "description.properties", "property-dimension"),
    "no sequence": (lambda it: forget(it, "BeginSequenceRender"), "actions.order", "no-sequence"),
    "no instance": (lambda it: forget(it, "CreateInstance"), "actions.order", "no-instance"),
    "no preferences": (
        lambda it: forget(it, "GetClipPreferences"), "actions.order", "no-preferences"),
    "no render window": (
        lambda it: put(action(it, "ActionRender")["in"], "OfxImageEffectPropRenderWindow", 3),
        "actions.arguments", "no-argument"),
    "no arguments": (
        lambda it: put(action(it, "GetFramesNeeded"), "out", None),
        "actions.arguments", "no-arguments"),
    "frames not asked": (lambda it: forget(it, "GetFramesNeeded"), "actions.queries", "not-asked"),
    "a default lost": (
        lambda it: put(first(it, "instance")["values"]["OfxParamTypeRGB"], 2, [0, 0, 0]),
        "params.values", "value"),
    "rows too short": (
        lambda it: put(image(it)["properties"], "OfxImagePropRowBytes", ["i", [16]]),
        "render.images", "row-bytes"),
    "no pixels": (
        lambda it: put(image(it, "Output")["properties"], "OfxImagePropData", ["p", [0]]),
        "render.images", "no-data"),
    "output too small": (
        lambda it: put(image(it, "Output")["properties"], "OfxImagePropBounds",
                       ["i", [0, 0, 4, 4]]), "render.images", "window"),
    "another scale": (
        lambda it: put(image(it)["properties"], "OfxImageEffectPropRenderScale",
                       ["d", [0.5, 0.5]]), "render.images", "scale"),
    "one name for all": (
        lambda it: alike(it, "OfxImagePropUniqueIdentifier"), "render.identifiers", "identifier"),
    "the current frame": (
        lambda it: alike(it, "OfxImagePropData"), "render.neighbours", "current"),
    "a mask from nowhere": (
        lambda it: put(first(it, "image", clip="Mask"), "status", 0),
        "render.unconnected", "unconnected"),
    "a slice left out": (
        lambda it: first(it, "services")["threads"]["slices"].pop(), "threads.suite", "slices"),
    "a lock that fails": (
        lambda it: put(first(it, "services")["threads"]["mutex"], 1, 1), "threads.suite", "mutex"),
    "Python's lock held": (
        lambda it: put(action(it, "ActionRender"), "gil", True), "threads.renders", "gil"),
    "an instance left": (
        lambda it: forget(it, "DestroyInstance"), "lifetime.instances", "left"),
    "no memory": (
        lambda it: put(first(it, "services")["memory"], "memoryAlloc", 8),
        "lifetime.memory", "memory"),
}  # fmt: skip


def log_of(lines: Lines, folder: Path) -> Log:
    path = folder / "1.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return read_log(path)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_host_is_found(lines: Lines, tmp_path: Path, fault: str) -> None:
    change, check, rule = FAULTS[fault]
    changed: Lines = json.loads(json.dumps(lines))
    change(changed)
    (result,) = (each for each in judged(log_of(changed, tmp_path), "x") if each.check == check)
    assert rule in {finding.rule for finding in result.findings}
    assert result.verdict in (Verdict.FAILED, Verdict.WARNED)


def test_every_check_is_shown_to_bite() -> None:
    assert {check for _, check, _ in FAULTS.values()} == {check.name for check in CHECKS}


def test_two_renders_at_once_are_found(lines: Lines, tmp_path: Path) -> None:
    """As if the first had been on a thread of its own, and had ended last."""
    changed: Lines = json.loads(json.dumps(lines))
    begin = changed.index(action(changed, "ActionRender"))
    number = changed[begin]["number"]
    end = changed.index(first(changed, "end", number=number))
    for line in changed[begin : end + 1]:
        line["thread"] = 9
    changed.append(changed.pop(end))
    results = judged(log_of(changed, tmp_path), "x")
    assert "at-once" in {finding.rule for result in results for finding in result.findings}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pyopenfx", "probe", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_line_plays_reads_and_writes(tmp_path: Path, lines: Lines) -> None:
    assert run("where").stdout.strip() == str(bundle().parent)
    report, junit = tmp_path / "report.json", tmp_path / "report.xml"
    done = run("play", "mlt", "--json", report, "--junit", junit, "--toml", tmp_path / "mlt.toml")
    assert done.returncode == 1  # it lacks what the standard demands
    assert "SupportedContexts" in done.stdout
    told = json.loads(report.read_text())
    assert told["host"] == "MLT"
    assert told["profile"]["ways"]["negative_row_bytes"] is True
    assert "SupportedContexts" in junit.read_text()
    assert tomllib.loads((tmp_path / "mlt.toml").read_text())["host"]["name"] == "MLT"
    log_of(lines, tmp_path)
    assert run("read", tmp_path).returncode == 0


@pytest.mark.parametrize("text", ["", "no log", '{"event": "end"}'])
def test_what_is_no_log_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "1.jsonl").write_text(text)
    done = run("read", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("pyopenfx: ")
    assert "Traceback" not in done.stderr
