# SPDX-License-Identifier: Apache-2.0
"""`pyopenfx validate` finds each fault of the subject by the check that is for it, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pyopenfx.validator import CHECKS, chosen

#: Fault -> the check that is tried, the verdict, and a rule that is told.
FAULTS = {
    "crashes_in_render": ("render.frames", "crashed", None),
    "default_outside": ("description.contexts", "failed", "default"),
    "depends_on_order": ("render.repeats", "warned", "repeats"),
    "foreign_thread": ("render.frames", "failed", "foreign-thread"),
    "hangs_in_render": ("render.frames", "hung", None),
    "leaks_heap": ("lifetime.growth", "warned", "growth"),
    "leaks_image": ("render.frames", "failed", "unreleased-image"),
    "leaks_memory": ("lifetime.unrendered", "failed", "unfreed-memory"),
    "no_hint": ("description.contexts", "warned", "no-hint"),
    "no_source": ("description.contexts", "failed", "no-clip"),
    "reads_released_pixels": ("lifetime.released", "crashed", None),
    "releases_twice": ("render.frames", "failed", "bad-handle"),
    "remembers_aborts": ("abort.every-point", "failed", "abort"),
    "throws_in_describe": ("scanning.loads", "failed", "exception"),
    "uses_dead_handle": ("render.frames", "failed", "bad-handle"),
    "writes_outside": ("render.memory", "failed", "written-outside"),
    "wrong_property_type": ("scanning.loads", "failed", "property-type"),
}


def validate(bundle: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "pyopenfx", "validate", str(bundle), "--json", *arguments]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.stdout, child.stderr
    return child.returncode, json.loads(child.stdout)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(subjects, fault: str) -> None:
    check, verdict, rule = FAULTS[fault]
    options = (
        "--only",
        check,
        "--strictness",
        "6",
        "--timeout",
        "4" if verdict == "hung" else "60",
    )
    code, report = validate(subjects(fault), *options)
    (result,) = report["results"]
    assert (result["check"], result["verdict"]) == (check, verdict)
    assert rule is None or rule in {finding["rule"] for finding in result["findings"]}
    assert code == (0 if verdict == "warned" else 1)


def test_a_good_plug_in_passes_in_every_host(subjects) -> None:
    hosts = ("standard", "natron", "natron-proxy", "mlt", "resolve", "nuke", "vegas", "fusion")
    options = [part for host in hosts for part in ("--host", host)]
    for each in (
        "actions",
        "description.in-hosts",
        "render.memory",
        "render.kinds",
        "lifetime.many",
    ):
        options += ["--only", each]
    code, report = validate(subjects("good"), *options, "--jobs", "2")
    assert code == 0
    assert {result["host"] for result in report["results"]} == set(hosts)
    assert [result for result in report["results"] if result["findings"]] == []
    assert set(report["summary"]) == {"passed", "skipped"}
    assert validate(subjects("good"), "--jobs", "2")[0] == 0


def test_the_built_bundle_passes_what_a_release_should(bundle: Path) -> None:
    deflicker = ("--plugin", "*.deflicker", "--jobs", "2")
    code, report = validate(bundle, *deflicker)
    assert [result for result in report["results"] if result["findings"]] == []
    assert code == 0
    others = ("--only", "description", "--only", "scanning", "--only", "hosts.*")
    code, report = validate(bundle, "--plugin", "*.deblotch", "--plugin", "*.restore", *others)
    assert [result for result in report["results"] if result["findings"]] == []
    assert code == 0


def test_a_fault_is_told_once(subjects) -> None:
    _, report = validate(subjects("leaks_image"), "--only", "render", "--strictness", "3")
    told = [result for result in report["results"] if result["findings"]]
    assert len(told) == 1
    later = report["results"][report["results"].index(told[0]) + 1 :]
    assert later
    assert all(result["reason"].endswith("told before") for result in later)


def test_a_crash_says_how_the_process_ended(subjects) -> None:
    _, report = validate(subjects("crashes_in_describe"))
    (result,) = report["results"]
    assert (result["check"], result["verdict"]) == ("scanning.loads", "crashed")
    assert "signal 6 (Aborted)" in result["reason"]


def test_a_plug_in_that_fails_leaves_the_others_of_its_bundle(subjects) -> None:
    code, report = validate(subjects("several"), "--only", "scanning.loads")
    verdicts = {result["plugin"]: result["verdict"] for result in report["results"]}
    assert code == 1
    assert verdicts.pop("org.example.fails") == "failed"
    assert "failed" not in verdicts.values()
    assert len(verdicts) == 3


def test_a_seed_repeats_what_chance_chose(subjects) -> None:
    options = ("--only", "sequences", "--strictness", "7")
    bundle = subjects("depends_on_order")
    told = [
        [result["findings"] for result in validate(bundle, *options, "--seed", seed)[1]["results"]]
        for seed in ("5", "5", "6")
    ]
    assert told[0] == told[1]
    _, report = validate(subjects("good"), "--only", "scanning.loads")
    assert 0 <= report["seed"] < 1 << 31


def test_junit_is_what_ci_reads(subjects, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    validate(subjects("leaks_image"), "--strictness", "1", "--junit", str(path))
    suites = ElementTree.parse(path).getroot()
    (suite,) = suites
    assert suite.get("tests") == str(len(list(suite)))
    assert suite.get("failures") == "1"
    assert suite.get("errors") == suite.get("skipped") == "0"
    (failure,) = suites.iter("failure")
    assert "unreleased-image" in (failure.text or "")


def test_patterns_and_levels_choose_checks() -> None:
    names = [check.full_name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all(1 <= check.level <= 10 and check.summary for check in CHECKS)
    assert {check.level for check in chosen(2, [], [])} == {1, 2}
    assert {check.category for check in chosen(10, ["render.*"], [])} == {"render"}
    assert {check.full_name for check in chosen(10, ["abort"], ["*.before"])} == {
        "abort.every-point"
    }


@pytest.mark.parametrize(
    "arguments",
    [["--only", "nothing.*"], ["--plugin", "org.none"], ["--jobs", "0"], ["--strictness", "11"]],
)
def test_a_wrong_request_ends_with_2(subjects, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pyopenfx", "validate", str(subjects("good")), *arguments]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


HEADER = """
/** @brief Label.
   @propdef
   type: string
   dimension: 1
*/
#define kOfxPropLabel "OfxPropLabel"
/** @propdef
    type: [int, double]
    dimension: N
 */
#define kOfxParamPropDefault "OfxParamPropDefault"
"""


def test_properties_are_held_against_headers(subjects, tmp_path: Path) -> None:
    from pyopenfx import ParamError, Severity
    from pyopenfx._host import Access
    from pyopenfx.validator.definitions import judge, read_definitions

    with pytest.raises(ParamError, match="@propdef"):
        read_definitions(tmp_path)
    (tmp_path / "ofxCore.h").write_text(HEADER)
    definitions = read_definitions(tmp_path)
    assert definitions["OfxParamPropDefault"].types == {"int", "double"}
    assert definitions["OfxParamPropDefault"].dimension == 0

    def told(*access: Any) -> list[str]:
        rules: list[str] = []

        def note(rule: str, severity: Severity, _: str) -> None:
            rules.append(f"{severity} {rule}")

        judge(definitions, Access(*access), note)
        return rules

    assert told("effect", "OfxPropLabel", "string", 0, True) == []
    assert told("effect", "OfxPropLabel", "int", 0, True) == ["warning property-type"]
    assert told("effect", "OfxPropLabel", "string", 1, True) == ["warning property-index"]
    assert told("effect", "OfxPropNone", "string", 0, True) == ["warning undefined-property"]
    assert told("effect", "OfxPropNone", "string", 0, False) == ["note undefined-property"]
    assert told("args", "OfxImageClipPropRoI_Source", "double", 3, True) == []
    assert told("effect", "TheirOwnProperty", "int", 0, True) == []
    _, report = validate(
        subjects("good"), "--only", "description.properties", "--headers", str(tmp_path)
    )
    rules = {finding["rule"] for finding in report["results"][0]["findings"]}
    assert rules == {"undefined-property"}
