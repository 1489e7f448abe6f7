# SPDX-License-Identifier: Apache-2.0
"""The command of an effect, made of its declaration."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ..effects import Effect
from ..errors import ParamError
from ..io import Reader, VideoOptions, create_clip, open_clip
from ..params import ParamSpec, param_specs
from .animation import Animation
from .render import look_around, render_clip
from .report import HumanReport, JsonReport, Report

OUTPUT = click.Choice(["human", "json"])


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
        """What stands behind the option in the help."""
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


class FrameRange(click.ParamType):  # type: ignore[type-arg]
    """`A-B`, or one frame."""

    name = "A-B"

    def convert(self, value: Any, param: Any, ctx: Any) -> range:
        """Both ends are in it."""
        if isinstance(value, range):
            return value
        first, dash, last = str(value).partition("-")
        if not first.isdigit() or not (last if dash else first).isdigit():
            self.fail(f"frames is {value!r}; write the first and the last, as in 1-240", param, ctx)
        numbers = range(int(first), int(last or first) + 1)
        if not numbers:
            self.fail(f"frames is {value!r}; the last must not come before the first", param, ctx)
        return numbers


def effect_command(effect: type[Effect]) -> click.Command:
    """`evenlight <effect> IN OUT`, with an option for each parameter."""
    specs = param_specs(effect.params)
    video = VideoOptions()
    fixed: list[click.Parameter] = [
        click.Argument(["source"], metavar="IN"),
        click.Argument(["target"], metavar="OUT"),
        click.Option(
            ["--frames"], type=FrameRange(), help="Frames to put out; neighbours are read."
        ),
        click.Option(
            ["--mask", "mask_clip"], metavar="CLIP", help="The Mask clip; used when given."
        ),
        click.Option(["--overwrite"], is_flag=True, help="Replace what is at OUT."),
        click.Option(
            ["--codec"], help="Of a video: h264, hevc, prores, vp9, ffv1.  [default: IN's]"
        ),
        click.Option(
            ["--quality"],
            type=int,
            default=video.quality,
            show_default=True,
            help="Of a video: 0 loses nothing, 51 is smallest.",
        ),
        click.Option(
            ["--rate"],
            type=click.FloatRange(0.01, 1000),
            default=video.rate,
            show_default=True,
            help="Frames per second of a video that is made of images.",
        ),
        click.Option(["--output"], type=OUTPUT, default="human", show_default=True),
    ]

    @click.pass_context
    def run(context: click.Context, /, source: str, target: str, **choices: Any) -> None:
        animations = {spec.name: choices.pop(spec.name) for spec in specs}
        if "use_mask" in animations:
            chosen = context.get_parameter_source("use_mask") is not ParameterSource.DEFAULT
            animations["use_mask"] = _mask_use(animations["use_mask"], choices["mask_clip"], chosen)
        if "matte" in animations:
            _check_matte(animations["matte"], choices["mask_clip"])
        _run(effect, Path(source), Path(target), animations, **choices)

    return click.Command(
        effect.identifier.rpartition(".")[2],
        callback=run,
        params=[*fixed, *map(option, specs)],
        short_help=effect.description,
        help=f"{effect.description}\n\n"
        "IN and OUT are videos, or numbered images such as name.####.exr or name.%04d.exr. Each "
        "parameter takes a value, or keyframes: --strength 1:0,24:1. Numbers run straight between "
        "keyframes, switches and choices hold.",
    )


def _mask_use(use: Animation, clip: str | None, chosen: bool) -> Animation:
    """A mask that is given is used, unless it is said otherwise; one that is used must be given."""
    if clip and not chosen:
        return Animation.parse(use.spec, "on")
    if not clip and any(use.values):
        raise ParamError("use_mask is on and there is no mask; name one with --mask CLIP")
    return use


def _check_matte(matte: Animation, clip: str | None) -> None:
    """A mask needs a purpose, and a purpose needs a mask."""
    wanted = any(value != "none" for value in matte.values)
    if clip and not wanted:
        raise ParamError("say what the mask is for: --matte add (repair there) or --matte forbid")
    if wanted and not clip:
        raise ParamError("matte is set and there is no mask; name one with --mask CLIP")


def _run(
    effect: type[Effect],
    source: Path,
    target: Path,
    animations: dict[str, Animation],
    *,
    frames: range | None,
    mask_clip: str | None,
    overwrite: bool,
    codec: str | None,
    quality: int,
    rate: float,
    output: str,
) -> None:
    with ExitStack() as stack:
        reader = open_clip(source, look_around=look_around(effect, animations))
        stack.callback(reader.close)
        mask = open_clip(mask_clip) if mask_clip else None
        if mask is not None:
            stack.callback(mask.close)
        numbers = checked(frames, reader)
        writer = create_clip(
            target,
            reader,
            numbers,
            overwrite=overwrite,
            video=VideoOptions(codec=codec, quality=quality, rate=rate),
        )
        stack.callback(writer.discard)
        report: Report = (JsonReport if output == "json" else HumanReport)(
            effect.label, len(numbers)
        )
        stack.callback(report.close)
        for notice in (*reader.notices, *writer.notices):
            report.notice(notice)
        render_clip(effect, reader, mask, writer, numbers, animations, report.frame)
        writer.finish()
        report.finish(str(target))


def checked(frames: range | None, reader: Reader) -> range:
    """The frames that are asked for, all where none are; raises ParamError beyond the clip."""
    whole = range(reader.first, reader.last + 1)
    if frames is None:
        return whole
    if frames[0] < whole[0] or frames[-1] > whole[-1]:
        raise ParamError(
            f"frames is {frames[0]}-{frames[-1]}; {reader.path} has the frames {whole[0]} to "
            f"{whole[-1]}"
        )
    return frames
