# SPDX-License-Identifier: Apache-2.0
"""`evenlight analyse`: finds once what the frames of a shot lack, and merges what was found."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path

import click

from ..analysis import Analysis, Record, merged, save
from ..animation import Animation
from ..batch import Stop
from ..batch.chain import Server, request_of
from ..batch.job import fields_of, within
from ..batch.work import share_cores
from ..effects import Deflicker, Effect, Restore
from ..engine import analyse_frame
from ..errors import AnalysisError, ParamError
from ..frames import Outcome
from ..graph import Graph, Stage
from ..interlaced import FieldChoice, Fields
from ..io import Damaged, Missing, Reader, open_clip
from ..io.files import check_folder
from ..params import param_specs
from ..shelf import shelf_of
from .effect_command import is_typed, option
from .frame_range import FrameRange
from .options import clip_options, report_option, run_options
from .report import REPORTS, Report
from .running import stop_of

#: The effects that take an analysis, by the names of their commands.
_TAKERS: dict[str, type[Effect]] = {"deflicker": Deflicker, "restore": Restore}
#: Options that it has in common with renders.
_SHARED = ("missing", "damaged", "layer", "fields", "threads")


def analyse_command() -> click.Command:
    """`evenlight analyse IN -o FILE`, with an option for each parameter that bears on it."""
    specs = [spec for spec in param_specs(Deflicker.params) if not spec.applied]
    fixed: list[click.Parameter] = [
        click.Argument(["sources"], metavar="IN...", nargs=-1, required=True),
        click.Option(["-o", "--to", "target"], metavar="FILE", required=True, help="The analysis."),
        click.Option(["--merge"], is_flag=True, help="IN are analyses of one shot: join them."),
        click.Option(
            ["--frames"],
            type=FrameRange(),
            help="Frames to analyse, whose neighbours are read; those that a merge must hold.",
        ),
        click.Option(["--overwrite"], is_flag=True, help="Replace the analysis at FILE."),
        click.Option(
            ["--for", "effect"],
            type=click.Choice(list(_TAKERS)),
            default="deflicker",
            show_default=True,
            help="The effect whose defaults are taken.",
        ),
        click.Option(["--preset"], metavar="NAME", help="Its first effect has the values."),
        *(o for o in (*clip_options(), *run_options()) if o.name in _SHARED),
        report_option(),
    ]

    @click.pass_context
    def run(
        context: click.Context, /, sources: tuple[str, ...], target: str, merge: bool,
        frames: range | None, overwrite: bool, effect: str, preset: str | None, missing: str,
        damaged: str, layer: str, fields: str, threads: int | None, output: str,
        **animations: Animation,
    ) -> None:  # fmt: skip
        _check_target(Path(target), overwrite)
        report = REPORTS[output]
        if merge:
            _merge(sources, Path(target), frames, overwrite, report)
        elif len(sources) > 1:
            raise ParamError("one clip is analysed at a time; give --merge to join analyses")
        else:
            typed = {name: own for name, own in animations.items() if is_typed(context, name)}
            stage = _stage(effect).with_values(
                (_of_preset(preset, effect, animations) if preset else {}) | typed
            )
            if threads is not None:
                share_cores(threads)
            reader = open_clip(
                Path(sources[0]),
                look_around=Graph((stage,)).look_around,
                missing=Missing(missing),
                damaged=Damaged(damaged),
                layer=layer,
            )
            with closing(reader):
                numbers, stop = within(frames, reader), stop_of(context)
                with closing(report("Analyse", len(numbers))) as told:
                    order = FieldChoice(fields).order(fields_of(reader))
                    records = _records(reader, numbers, stage, order, told, stop)
                    save(target, records, overwrite=overwrite)
                    told.finish(target)

    return click.Command(
        "analyse",
        callback=run,
        params=[*fixed, *map(option, specs)],
        short_help="Analyse a shot once for all renders of it.",
        help="Analyse a shot once for all renders of it.\n\n"
        "With --analysis FILE, deflicker and restore read no neighbours for their light: chunks on "
        "many machines cost no more than one run, and the result is the same, byte for byte. The "
        "settings must be those of the render: give --for restore where it is restore's.\n\n"
        "IN is a video, or numbered images such as name.####.exr; with --merge, analyses, of whose "
        "names * may stand for a part.",
    )


def _stage(effect: str) -> Stage:
    """Deflicker as its part of an effect is when nothing is said."""
    stage = Stage.default(Deflicker)
    own = {spec.name: spec for spec in param_specs(_TAKERS[effect].params) if not spec.applied}
    return stage.with_values(
        {
            name: Animation.of(animation.spec, own[name].default)
            for name, animation in stage.animations.items()
            if name in own and not animation.spec.applied
        }
    )


def _of_preset(preset: str, effect: str, wanted: Collection[str]) -> dict[str, Animation]:
    first = shelf_of().graph(preset, _TAKERS[effect]).with_analysis("").stages[0]
    return {name: own for name, own in first.animations.items() if name in wanted}


def _check_target(target: Path, overwrite: bool) -> None:
    if target.exists() and not overwrite:
        raise AnalysisError(f"{target} exists; allow it to be replaced with --overwrite")
    check_folder(target)


def _merge(
    sources: tuple[str, ...],
    target: Path,
    frames: range | None,
    overwrite: bool,
    report: Callable[[str, int], Report],
) -> None:
    paths = [path for source in sources for path in _matching(Path(source))]
    records = merged([Analysis.open(path) for path in paths])
    wanted = frames or range(0)
    lacking = sorted(set(wanted) - {record.frame for record in records})
    if lacking:
        raise AnalysisError(
            f"the analyses lack {len(lacking)} of {len(wanted)} frames, the first is {lacking[0]}; "
            "analyse those too"
        )
    told = report("Merge", len(records))
    save(target, records, overwrite=overwrite)
    for record in records:
        told.frame(record.frame, Outcome())
    told.finish(str(target))
    told.close()


def _matching(source: Path) -> list[Path]:
    """The file, or those whose names fit where `*` stands for a part of the name."""
    if "*" not in source.name:
        return [source]
    found = sorted(source.parent.glob(source.name.replace("[", "[[]")))
    if not found:
        raise AnalysisError(f"there is no analysis at {source}; make those to be merged first")
    return found


def _records(
    reader: Reader, numbers: range, stage: Stage, fields: Fields, told: Report, stop: Stop
) -> list[Record]:
    """The analysis of the frames, or of their fields; raises Aborted where work is to stop."""
    for notice in reader.notices:
        told.notice(notice)
    effect, server, records = Deflicker(), Server(reader, None, stop), []
    with stop.listening():
        for number in numbers:
            stop.check()
            request = request_of(Deflicker, stage.animations, number, reader.encoding, fields)
            records.extend(analyse_frame(effect, server, request))
            told.frame(number, Outcome())
    return records
