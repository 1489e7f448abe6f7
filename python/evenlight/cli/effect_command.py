# SPDX-License-Identifier: Apache-2.0
"""The command of an effect, made of its declaration."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from ..animation import Animation
from ..batch import look, render
from ..effects import Effect
from ..errors import ParamError
from ..graph import Graph, Stage, short_name
from ..masking import with_mask
from ..params import ParamSpec, unattended_specs
from ..shelf import shelf_of
from .compare_option import compare_option
from .listing import list_option
from .options import clip_options, image_options, job_of, run_options, video_options
from .page_command import page_option
from .running import Beside, run_job


class AnimationType(click.ParamType):  # type: ignore[type-arg]
    """A value, or keyframes."""

    def __init__(self, spec: ParamSpec) -> None:
        self.spec = spec
        self.name = _values(spec)

    def convert(self, value: Any, param: Any, ctx: Any) -> Animation:
        """Parsed; what is wrong becomes click's usage error."""
        try:
            return value if isinstance(value, Animation) else Animation.parse(self.spec, value)
        except ParamError as error:
            self.fail(str(error), param, ctx)

    def get_metavar(self, param: Any, ctx: Any = None) -> str:  # noqa: ARG002 - click's signature
        """Values of the option, as the help shows them."""
        return self.name


def _values(spec: ParamSpec) -> str:
    if spec.slider is not None:
        unit = f" {spec.slider.unit}" if spec.slider.unit else ""
        return f"{spec.slider.low:.10g}..{spec.slider.high:.10g}{unit}"
    if spec.kind is bool:
        return "on|off"
    if spec.kind is str:
        return "FILE"
    return "|".join(spec.kind)  # type: ignore[arg-type]


def flag(spec: ParamSpec) -> str:
    """The option's name."""
    return "--" + spec.name.replace("_", "-")


def text_of(spec: ParamSpec) -> str:
    """The default, as it would be typed."""
    if spec.kind is bool:
        return "on" if spec.default else "off"
    return str(spec.default) if isinstance(spec.default, str) else f"{spec.default:g}"


def option(spec: ParamSpec) -> click.Option:
    """One declared parameter, as one option of the command line."""
    return click.Option(
        [flag(spec), spec.name],
        type=AnimationType(spec),
        default=text_of(spec),
        show_default=bool(text_of(spec)),
        help=spec.doc.text,
    )


def effect_command(effect: type[Effect]) -> click.Command:
    """`evenlight <effect> IN OUT`, with an option for each parameter."""
    specs = unattended_specs(effect.params)
    lists = any(spec.name == "repairs" for spec in specs)
    fixed: list[click.Parameter] = [
        click.Argument(["source"], metavar="IN"),
        click.Argument(["target"], metavar="OUT", required=not lists),
        *clip_options(),
        click.Option(
            ["--preset"],
            metavar="NAME",
            help="Values not given otherwise: a preset of `evenlight preset list`, or a file.",
        ),
        *video_options(),
        *image_options(),
        *run_options(),
        page_option(),
        compare_option(),
        *([list_option()] if lists else []),
    ]

    @click.pass_context
    def run(context: click.Context, /, source: str, target: str | None, **choices: Any) -> None:
        typed = {spec.name: choices.pop(spec.name) for spec in specs}
        preset, output = choices.pop("preset"), choices.pop("output")
        dry_run, page, compare = (choices.pop(name) for name in ("dry_run", "page", "compare"))
        listing = choices.pop("listing", None)
        stage = preset_stage(effect, preset) if preset else Stage(effect, typed)
        chosen = {name for name in typed if is_typed(context, name)}
        stage = stage.with_values({name: typed[name] for name in chosen})
        stage = with_mask(stage, chosen, is_given=bool(choices["mask_clip"]))
        if target is None and (listing is None or page or compare or dry_run):
            raise ParamError("name OUT, what is to be written; only --list alone does without")
        job = job_of(source, target or listing, Graph((stage,)), **choices)
        action = render if target else look
        beside = Beside(page, compare, listing)
        run_job(job, effect.label, output, action, dry_run=dry_run, beside=beside)

    return click.Command(
        short_name(effect),
        callback=run,
        params=[*fixed, *map(option, specs)],
        short_help=effect.description,
        help=f"{effect.description}\n\n"
        "IN and OUT are videos, or numbered images such as name.####.exr or name.%04d.exr. Each "
        "parameter takes a value, or keyframes: --strength 1:0,24:1. Numbers run straight between "
        "keyframes, switches and choices hold.",
    )


def is_typed(context: click.Context, name: str) -> bool:
    """Whether the user gave the option."""
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def preset_stage(effect: type[Effect], preset: str) -> Stage:
    """The effect as a preset has it; raises ParamError where the preset is of other effects."""
    stages = shelf_of().graph(preset, effect).stages
    if [stage.effect for stage in stages] != [effect]:
        names = ", ".join(stage.name for stage in stages)
        raise ParamError(f"{preset} is a preset of {names}; use it with `evenlight render`")
    return stages[0]
