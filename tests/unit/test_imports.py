# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import evenlight
import pyopenfx

HEAVY = ("torch", "av", "OpenImageIO", "click", "rich", "skimage", "onnxruntime")


#: Names that others may rely on: one that goes, or comes unnoticed, breaks or binds somebody.
PUBLIC = {
    evenlight: {
        *("Aborted", "BusyError", "EvenlightError", "FrameError", "MediaError", "ParamError"),
        *("ArrayFrame", "Frame", "FrameSource", "Outcome", "RenderRequest"),
        *("EFFECTS", "Deflicker", "Effect"),
        *("Clip", "deblotch", "deflicker", "open_clip", "restore"),
        *("Graph", "Stage", "load_preset", "save_preset", "__version__"),
    },
    pyopenfx: {
        *("ActionError", "BundleError", "ParamError", "PyOpenFXError", "RenderAborted"),
        *("KNOWN_HOSTS", "Host", "HostOptions", "Layout", "find_binary"),
        *("ClipDescription", "Description", "Instance", "Param", "ParamDescription", "Plugin"),
        *("Finding", "Severity", "Status"),
    },
}


@pytest.mark.parametrize("package", PUBLIC, ids=lambda package: package.__name__)
def test_public_names_are_exactly_those_listed(package: ModuleType) -> None:
    assert set(package.__all__) == PUBLIC[package]
    assert len(package.__all__) == len(PUBLIC[package])
    seen = {
        name
        for name in dir(package)
        if not name.startswith("_") and not _is_part(getattr(package, name), package)
    }
    assert seen == {name for name in PUBLIC[package] if not name.startswith("_")}


def _is_part(value: object, package: ModuleType) -> bool:
    """Whether it is a module of the package, which importing it anywhere puts there."""
    return isinstance(value, ModuleType) and value.__name__.startswith(f"{package.__name__}.")


def test_importing_the_package_and_the_bridge_loads_nothing_heavy() -> None:
    code = (
        "import sys, evenlight, evenlight.effects, evenlight.engine\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
