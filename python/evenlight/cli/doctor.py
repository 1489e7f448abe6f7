# SPDX-License-Identifier: Apache-2.0
"""Checks of `evenlight doctor`: each gives findings, and none changes anything."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

import cv2

from .. import __version__, _native
from ..bundle import Bundle, built_bundle, installed_bundles, searched_folders
from ..errors import EvenlightError, ModelError
from ..inference import providers
from ..inference.networks import Networks
from ..inference.runtime import onnxruntime as load_onnxruntime
from ..inference.sessions import Sessions, names
from .hosts import HOSTS, caches
from .trial import through_package, through_plugin

_LIBRARIES = ("numpy", "opencv-python-headless", "av", "OpenImageIO", "click", "rich")
_OVERWRITTEN = (
    "the files of onnxruntime lie over those of onnxruntime-gpu, so that no GPU is used; run "
    "`pip install --force-reinstall --no-deps onnxruntime-gpu`"
)
_NO_HOST = "not tried, for it needs a host: install the wheel of pyopenfx beside Evenlight's"
_QUESTION = "from importlib.metadata import version; import evenlight; print(version('evenlight'))"


class State(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: State
    detail: str


def vars_of(finding: Finding) -> dict[str, str]:
    """Fields of a finding by name."""
    return {"subject": finding.subject, "state": str(finding.state), "detail": finding.detail}


def python() -> Iterator[Finding]:
    """This Python, and the libraries in it."""
    detail = f"{platform.python_version()} at {sys.executable}, on {platform.platform()}"
    yield Finding("Python", State.OK, detail)
    yield Finding("Evenlight", State.OK, __version__)
    for name in _LIBRARIES:
        try:
            yield Finding(name, State.OK, version(name))
        except PackageNotFoundError:
            yield Finding(name, State.NOTE, "its library is there, its package is not")
    detail = f"{_native.threads()} of {os.cpu_count()} processors; OpenCV {cv2.getNumThreads()}"
    yield Finding("threads", State.OK, detail)


def networks(sessions: Sessions | None = None) -> Iterator[Finding]:
    """Where networks run, and whether each is whole."""
    try:
        onnxruntime = load_onnxruntime()
    except ModelError:
        detail = "missing; networks, and with them Deblotch, need it: `pip install onnxruntime`"
        yield Finding("ONNX Runtime", State.BROKEN, detail)
        return
    there = [
        p
        for p in (providers.TENSORRT, providers.CUDA, providers.CPU)
        if p in onnxruntime.get_available_providers()
    ]
    detail = f"{onnxruntime.__version__}, for {', '.join(map(providers.short, there))}"
    yield Finding("ONNX Runtime", State.OK, detail)
    if providers.CUDA not in there and _is_installed("onnxruntime-gpu"):
        yield Finding("ONNX Runtime", State.NOTE, _OVERWRITTEN)
    sessions = sessions or Sessions()
    for name in names():
        try:
            opened = Networks(sessions).open(name)
        except ModelError as error:
            yield Finding("network", State.BROKEN, str(error))
            continue
        detail = f"{name}, in {opened.card.precision} on {providers.short(opened.provider)}"
        yield Finding("network", State.OK, detail)
    if sessions.notice:
        yield Finding("networks", State.NOTE, sessions.notice)


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def hosts() -> Iterator[Finding]:
    """Programs that load the plug-in."""
    found = [(host.label, host.find()) for host in HOSTS]
    for label, path in found:
        if path is not None:
            yield Finding("host", State.OK, f"{label} at {path}")
    if not any(path for _, path in found):
        yield Finding("host", State.NOTE, "none found; the command line needs none")
    for cache in caches():
        yield Finding(
            "cache", State.NOTE, f"{cache} (if a host does not show the plug-in: --clear-caches)"
        )


def bundles() -> Iterator[Finding]:
    """The built plug-in and its installed copies."""
    try:
        yield _judged("built plug-in", Bundle(built_bundle()))
    except EvenlightError as error:
        yield Finding("built plug-in", State.BROKEN, str(error))
    copies = installed_bundles()
    for copy in copies:
        yield _judged("installed plug-in", copy)
        if copy.path.parent not in searched_folders():
            yield Finding(
                "installed plug-in",
                State.NOTE,
                f"hosts do not look in {copy.path.parent}; name it in OFX_PLUGIN_PATH",
            )
    if not copies:
        detail = "none where hosts look; install it with `evenlight plugin install`"
        yield Finding("installed plug-in", State.NOTE, detail)


def _judged(subject: str, bundle: Bundle) -> Finding:
    """Whether a copy is whole, and starts a Python that has the same version of the package."""
    again = f"; run `evenlight plugin install {bundle.path.parent}` again"
    if bundle.binary is None:
        return Finding(
            subject, State.BROKEN, f"{bundle.path} holds no library for this system{again}"
        )
    if bundle.python is None:
        return Finding(subject, State.BROKEN, f"{bundle.path} names no Python{again}")
    if not bundle.python.is_file():
        return Finding(
            subject,
            State.BROKEN,
            f"{bundle.path} names {bundle.python}, which does not exist{again}",
        )
    answer = _package_version(bundle)
    if answer != bundle.version:
        return Finding(
            subject,
            State.BROKEN,
            f"{bundle.path} is version {bundle.version}, and the package in {bundle.python} is "
            f"{answer or 'missing'}{again}",
        )
    return Finding(subject, State.OK, f"{bundle.path}, version {bundle.version}, {bundle.python}")


def _package_version(bundle: Bundle) -> str:
    command = [str(bundle.python), "-I", "-c", _QUESTION]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def renders() -> Iterator[Finding]:
    """A small flickering clip through the package, and through the plug-in."""
    expected = None
    for subject, trial in (
        ("test render", through_package),
        ("plug-in's test render", through_plugin),
    ):
        try:
            pixels, detail = trial()
        except Exception as error:  # whatever is broken is the finding
            yield _failed(subject, error)
            continue
        same = expected is None or pixels == expected
        expected = expected or pixels
        if same:
            yield Finding(subject, State.OK, detail)
        else:
            yield Finding(subject, State.BROKEN, "its pixels are not those of the package")


def _failed(subject: str, error: Exception) -> Finding:
    if isinstance(error, ModuleNotFoundError) and error.name == "pyopenfx":
        return Finding(subject, State.NOTE, _NO_HOST)
    return Finding(subject, State.BROKEN, f"{type(error).__name__}: {error}")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python,
    networks,
    hosts,
    bundles,
    renders,
)
