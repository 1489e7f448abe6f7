# SPDX-License-Identifier: Apache-2.0
"""The documentation site: `make docs`. Warnings are errors, and its pages load nothing."""

from evenlight import __version__

project = "Evenlight"
author = "The Evenlight authors"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = f"Evenlight {release}"
html_static_path: list[str] = []
html_show_copyright = False
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
add_module_names = False
suppress_warnings: list[str] = []
