# SPDX-License-Identifier: Apache-2.0
"""Each fault of the test subject is found by strict mode, and a good plug-in is left in peace."""

from __future__ import annotations

import numpy as np
import pytest

from pyopenfx import BundleError, Finding, Host, PyOpenFXError, Severity

#: Fault -> the rule that finds it.
FAULTS = {
    "default_outside": "default",
    "defines_twice": "defined-twice",
    "describe_replies_default": "status",
    "foreign_thread": "foreign-thread",
    "hides_temporal_access": "no-temporal-access",
    "leaks_image": "unreleased-image",
    "leaks_memory": "unfreed-memory",
    "no_depths": "no-depth",
    "no_hint": "no-hint",
    "no_range": "no-range",
    "no_source": "no-clip",
    "null_argument": "null-argument",
    "null_fields": "incomplete-plugin",
    "releases_twice": "bad-handle",
    "render_replies_default": "status",
    "sets_param_in_create": "param-set-outside-change",
    "sets_param_in_render": "param-set-outside-change",
    "throws_in_describe": "exception",
    "unannounced_frame": "frame-not-announced",
    "unknown_param_type": "unknown-type",
    "unknown_property": "unknown-property",
    "uses_dead_handle": "bad-handle",
    "writes_outside": "written-outside",
    "writes_source": "source-written",
    "wrong_api_version": "api-version",
    "wrong_property_index": "property-index",
    "wrong_property_type": "property-type",
}


def run(bundle, *, strict: bool = True) -> list[Finding]:
    """Load, describe and render a little; what strict mode says of it."""
    frames = [np.full((12, 16, 4), 0.25 * t, np.float32) for t in range(4)]
    with Host(strict=strict) as host:
        try:
            for plugin in host.load(bundle):
                with plugin.create("Filter") as instance:
                    if "Source" in instance.clips:
                        instance.clips["Source"].connect(frames)
                    for time in (1, 2):
                        instance.render(time, (2, 3, 10, 9))
        except PyOpenFXError:
            pass  # some faults end in a failed action
    return host.report


def test_a_good_plugin_is_left_in_peace(subjects) -> None:
    assert run(subjects("good")) == []


@pytest.mark.parametrize(("fault", "rule"), FAULTS.items())
def test_a_fault_is_found(subjects, fault: str, rule: str) -> None:
    assert rule in {finding.rule for finding in run(subjects(fault))}


def test_nothing_is_noted_unless_strict(subjects) -> None:
    assert run(subjects("leaks_image"), strict=False) == []


def test_a_finding_says_where(subjects) -> None:
    findings = run(subjects("leaks_image"))
    assert len(findings) == 2
    for time, finding in enumerate(findings, start=1):
        assert (finding.severity, finding.action) == (Severity.ERROR, "Render")
        assert f"clip Source at {time}" in finding.message


def test_a_library_without_exports_does_not_load(subjects) -> None:
    with Host() as host, pytest.raises(BundleError, match="does not export OfxGetPlugin"):
        host.load(subjects("no_exports"))
