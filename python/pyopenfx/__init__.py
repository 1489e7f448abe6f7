# SPDX-License-Identifier: Apache-2.0
"""An OpenFX host for Python: load plug-ins, set their parameters, render to NumPy arrays.

For example::

    with Host() as host:
        plugin = host.load("Evenlight.ofx.bundle")[0]
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(frames)  # (h, w, C) each, row 0 on top
            instance.params["strength"].set(0.5)
            restored = instance.render(12)
"""

from ._errors import ActionError, BundleError, ParamError, PyOpenFXError
from ._host import KNOWN_HOSTS, Host, HostOptions, Refusal, find_binary
from ._instance import Instance
from ._layout import Layout
from ._param import Param, ParamDescription
from ._plugin import ClipDescription, Description, Plugin
from ._render import RenderAborted
from ._report import Finding, Severity
from ._standard import Status

__all__ = [
    "KNOWN_HOSTS",
    "ActionError",
    "BundleError",
    "ClipDescription",
    "Description",
    "Finding",
    "Host",
    "HostOptions",
    "Instance",
    "Layout",
    "Param",
    "ParamDescription",
    "ParamError",
    "Plugin",
    "PyOpenFXError",
    "Refusal",
    "RenderAborted",
    "Severity",
    "Status",
    "find_binary",
]
