# SPDX-License-Identifier: Apache-2.0
"""The probe in melt: what pyopenfx plays as MLT is what MLT does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyopenfx._options import KNOWN
from pyopenfx.probe import bundle, judged, profile_of, read_log
from pyopenfx.probe.log import Log

from .melt import Melt


@pytest.fixture(scope="module")
def log(melt: Melt, shown_frames: Path, tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The log of melt's process, six frames long."""
    folder = tmp_path_factory.mktemp("probe")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYOPENFX_PROBE", str(folder))
        own = replace(melt, bundles=bundle().parent)
        told = own(str(shown_frames), "out=5", "-filter", "openfx.org.pyopenfx.probe",
                   "-consumer", "null", "real_time=-1", "terminate_on_pause=1")  # fmt: skip
    assert list(folder.glob("*.jsonl")), told
    read = read_log(folder)
    version = profile_of(read)["host"]["version"]
    if version[:2] != list(KNOWN["mlt"].options.version[:2]):
        pytest.skip(f"this is MLT {version}; the file is of {KNOWN['mlt'].options.version}")
    return read


def test_its_ways_are_those_of_the_file(log: Log) -> None:
    profile, known = profile_of(log), KNOWN["mlt"]
    found, ways = profile["host"], profile["ways"]
    assert found["name"] == known.options.name
    empty = {"OfxImageEffectPropSupportedContexts"}  # there, and holds nothing
    assert set(known.options.missing_properties) - empty <= set(found["missing_properties"])
    assert "contexts" not in found
    assert found["components"] == list(known.options.components)
    for key in ("temporal_access", "other_times", "tiles", "multi_resolution", "asks_identity",
                "asks_frames_needed", "connects_all", "unconnected", "holds_gil"):  # fmt: skip
        assert found[key] == getattr(known.options, key), key
    for key in ("scan", "renders", "negative_row_bytes", "depth", "scale"):
        assert ways[key] == getattr(known.ways, key), key


def test_it_stumbles_where_it_was_seen_to(log: Log) -> None:
    rules = {f"{result.check} {finding.rule}" for result in judged(log, "MLT")
             for finding in result.findings}  # fmt: skip
    assert {"actions.queries not-asked", "render.neighbours current"} <= rules
    assert {"params.values value", "render.unconnected unconnected"} <= rules
    assert not any(rule.startswith(("render.images", "threads.suite")) for rule in rules)
    python = next(log.events("host"))["python"]
    assert python == "none"
