# SPDX-License-Identifier: Apache-2.0
"""`evenlight preset`: the presets that there are, what is in them, and new ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..errors import EvenlightError, ParamError
from ..graph import Graph, Stage, effect_named
from ..presets import data_of, load_preset, save_preset
from ..shelf import Shelf, is_file, shelf_of, shipped
from .render_command import graph_options

_FORMATS = ("human", "json")


class _Presets(click.Group):
    """The commands; what names none of them is saved, as in `evenlight preset look.json`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            return super().resolve_command(ctx, ["save", *args])
        return super().resolve_command(ctx, args)


def _list(output: str) -> None:
    """List the presets by name: those that come with Evenlight, and your own."""
    rows = [(preset.name, preset.effects, preset.about) for preset in shipped()]
    rows += [_own_row(path) for path in shelf_of().own()]
    if output == "json":
        keys = "name", "effects", "about"
        click.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=1))
        return
    for name, effects, about in rows:
        click.echo(f"{name} ({', '.join(effects)})\n    {about}")


def _own_row(path: Path) -> tuple[str, tuple[str, ...], str]:
    """A person's own preset, or why it cannot be used."""
    try:
        chain = " + ".join(stage.name for stage in load_preset(path).stages)
    except EvenlightError as error:
        return path.stem, (), f"cannot be used: {error}"
    return path.stem, (chain,), f"your own, {path}"


def _show(name: str, effect: str | None, output: str) -> None:
    """Show what a preset sets: the values that are not the defaults, or all with --output json."""
    graph = shelf_of().graph(name, effect_named(effect) if effect else None)
    if output == "json":
        click.echo(json.dumps(data_of(graph), indent=1))
        return
    for stage in graph.stages:
        changed = _changed(stage)
        click.echo(f"{stage.effect.label}:" + ("" if changed else " every value at its default"))
        for text in changed:
            click.echo(f"    {text}")


def _changed(stage: Stage) -> list[str]:
    usual = Stage.default(stage.effect).animations
    width = max(len(name) for name in usual)
    return [
        f"{name:{width}}  {_shown(own.stored)}  (default {_shown(usual[name].stored)})"
        for name, own in stage.animations.items()
        if own.stored != usual[name].stored
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _save(
    target: str,
    graph: str | None,
    preset: str | None,
    settings: tuple[str, ...],
    overwrite: bool,
) -> None:
    """Save effects and their values, as a preset of your own by NAME or to a file.

    A file is JSON or YAML by its ending.
    """
    if (graph is None) == (preset is None):
        raise ParamError("name the effects with --graph deflicker,deblotch or with --preset NAME")
    shelf = shelf_of()
    chain = shelf.graph(preset) if preset else Graph.of(graph or "")
    path = Path(target) if is_file(target) else _place(shelf, target)
    save_preset(chain.with_settings(settings), path, overwrite=overwrite)
    click.echo(f"saved {path}")


def _place(shelf: Shelf, name: str) -> Path:
    path = shelf.place(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParamError(
            f"{path.parent} cannot be made: {error.strerror or error}; name a file instead"
        ) from error
    return path


def _output() -> click.Option:
    return click.Option(
        ["--output"],
        type=click.Choice(_FORMATS),
        default="human",
        show_default=True,
        help="For whom.",
    )


def preset_command() -> click.Group:
    """The commands of presets."""
    return _Presets(
        "preset",
        help="The presets that there are, what is in them, and new ones.",
        commands=[
            click.Command("list", callback=_list, params=[_output()], help=_list.__doc__),
            click.Command(
                "show",
                callback=_show,
                params=[
                    click.Argument(["name"]),
                    click.Option(["--effect"], metavar="EFFECT", help="Of a preset for several."),
                    _output(),
                ],
                help=_show.__doc__,
            ),
            click.Command(
                "save",
                callback=_save,
                params=[
                    click.Argument(["target"], metavar="NAME"),
                    *graph_options(),
                    click.Option(["--overwrite"], is_flag=True, help="Replace one that is there."),
                ],
                help=_save.__doc__,
            ),
        ],
    )
