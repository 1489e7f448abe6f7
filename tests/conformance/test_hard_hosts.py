# SPDX-License-Identifier: Apache-2.0
"""Hosts that close what they render, or fork; in both runtimes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("hard_hosts.py")
RUNTIMES = ("embedded", "worker")


def told_by(host: str, runtime: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), host],
        env={**os.environ, "EVENLIGHT_RUNTIME": runtime},
        stdout=subprocess.PIPE,
        stderr=None,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_host_that_is_closed_while_it_renders_waits_for_the_renders(runtime: str) -> None:
    told = told_by("closes", runtime)["told"]
    assert sum(told.values()) == 48
    assert set(told) <= {"rendered", "RenderAborted", "PyOpenFXError"}
    assert told["RenderAborted"] >= 1


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_child_of_the_host_renders_on_its_own(runtime: str) -> None:
    assert told_by("forks", runtime) == {"wrong": 0, "wrong in the child": 0}


def test_the_worker_ends_with_its_host_though_a_child_of_the_hosts_lives_on() -> None:
    worker = told_by("leaves_a_child", "worker")["worker"]
    end = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists():
        assert time.monotonic() < end, "the worker lives on"
        time.sleep(0.05)
