# SPDX-License-Identifier: Apache-2.0
"""`evenlight plugin`: the OpenFX bundle, to where hosts find it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from .. import bundle


@click.group()
def plugin() -> None:
    """Install the OpenFX plug-in, or say where it is."""


def _place(command: Any) -> Any:
    """The three ways to name a folder."""
    for add in (
        click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path)),
        click.option("--system", "place", flag_value="system", help="For all; needs rights."),
        click.option("--user", "place", flag_value="user", help="For you alone (the default)."),
    ):
        command = add(command)
    return command


def _folder(folder: Path | None, place: str | None) -> Path:
    if folder is not None and place is not None:
        raise click.UsageError(f"name the folder {folder} or give --{place}, not both")
    if folder is not None:
        return folder.expanduser().absolute()
    return bundle.system_folder() if place == "system" else bundle.user_folder()


@plugin.command()
@_place
def install(folder: Path | None, place: str | None) -> None:
    """Copy the plug-in into a folder of plug-ins, and tell it to use this Python."""
    target = bundle.install(_folder(folder, place))
    click.echo(f"installed {target}, which will use {sys.executable}")
    if target.parent not in bundle.searched_folders():
        click.echo(f"hosts look there once OFX_PLUGIN_PATH names it: {_setting(target.parent)}")
    for other in bundle.installed_bundles():
        if other.path != target:
            click.echo(f"another copy, version {other.version or 'unknown'}, is at {other.path}")


@plugin.command()
@_place
def uninstall(folder: Path | None, place: str | None) -> None:
    """Remove the plug-in from a folder of plug-ins."""
    click.echo(f"removed {bundle.uninstall(_folder(folder, place))}")


@plugin.command()
def where() -> None:
    """Print the folder that holds the built plug-in, fit for OFX_PLUGIN_PATH."""
    click.echo(bundle.built_bundle().parent)


def _setting(folder: Path) -> str:
    if sys.platform == "win32":
        return f'setx OFX_PLUGIN_PATH "{folder}"'
    others = ":$OFX_PLUGIN_PATH" if os.environ.get("OFX_PLUGIN_PATH") else ""
    return f'export OFX_PLUGIN_PATH="{folder}{others}" (put it into ~/.profile to keep it)'
