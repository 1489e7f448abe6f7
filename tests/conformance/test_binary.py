# SPDX-License-Identifier: Apache-2.0
"""The built file: what it shows to hosts, what it asks of their system, and how heavy it is."""

from __future__ import annotations

import plistlib
import sys
import time
from pathlib import Path

import elf
import pytest

from evenlight import EFFECTS, __version__
from pyopenfx import Host

#: Parts of the C library: every host's process has them.
SYSTEM = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"}
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")


@pytest.fixture(scope="module")
def binary(bundle: Path) -> Path:
    found = sorted(bundle.glob("Contents/*/*"))
    found = [path for path in found if path.parent.name != "Resources"]
    assert [path.name for path in found] == ["Evenlight.ofx"]
    return found[0]


@linux
def test_hosts_see_three_symbols(binary: Path) -> None:
    assert elf.read(binary).exports == ("OfxGetNumberOfPlugins", "OfxGetPlugin", "OfxSetHost")


@linux
def test_nothing_is_needed_but_the_c_library(binary: Path) -> None:
    needed = {name for name in elf.read(binary).needed if not name.startswith("ld-linux")}
    assert needed <= SYSTEM


def test_the_elf_reader_sees_what_other_libraries_show(binary: Path) -> None:
    """The two tests above would pass for a reader that finds nothing."""
    del binary
    import _ctypes

    library = elf.read(Path(_ctypes.__file__))
    assert "PyInit__ctypes" in library.exports
    assert any(name.startswith("libc.") for name in library.needed)


def test_the_binary_is_small(binary: Path) -> None:
    assert binary.stat().st_size <= 1.5e6


def test_the_bundle_is_laid_out_as_the_standard_says(bundle: Path, binary: Path) -> None:
    assert bundle.name == "Evenlight.ofx.bundle"
    folders = {"linux": ("Linux-x86-64", "Linux-aarch64"), "darwin": ("MacOS",)}
    assert binary.parent.name in folders.get(sys.platform, ("Win64",))
    facts = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
    assert facts["CFBundleExecutable"] == binary.name
    assert facts["CFBundleVersion"] == __version__


def test_the_plug_ins_are_the_effects_of_the_package(bundle: Path) -> None:
    with Host(strict=True) as host:
        plugins = host.load(bundle)
        told = [(plugin.identifier, plugin.label, plugin.description) for plugin in plugins]
        assert told == [(e.identifier, e.label, e.description) for e in EFFECTS]
        assert all({"Filter", "General"} <= set(plugin.contexts) for plugin in plugins)
        assert host.report == []


def test_describing_takes_8_ms_at_most(bundle: Path) -> None:
    """Each plug-in in each context: processor time, the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        with Host() as host:
            plugins = host.load(bundle)
            for plugin in plugins:
                plugin.describe("Filter")
                plugin.describe("General")
            times.append((time.process_time() - start) / (2 * len(plugins)))
    assert min(times) <= 0.008
