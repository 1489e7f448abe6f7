# SPDX-License-Identifier: Apache-2.0
"""`evenlight analyse`: finds once what the frames of a shot lack, and merges what was found."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

import click

from ..analysis import Analysis, Record, merged, save
from ..animation import Animation
from ..batch.chain import Server, asked
from ..batch.job import within
from ..bridge import analyse_record
from ..effects import Deflicker
from ..errors import AnalysisError, ParamError
from ..graph import Graph, Stage
from ..io import Reader, open_clip
from ..io.files import check_folder
from ..params import param_specs
from ..presets import load_preset
from .effect_command import is_typed, option
from .options import FrameRange, report_option
from .report import REPORTS, Report

#: Parameters of Deflicker that do not bear on what a frame lacks.
_APPLIED = (
    *("strength", "device", "fall_back"),
    *("analysis", "analysis_offset", "use_mask", "invert_mask", "view"),
)


def analyse_command() -> click.Command:
    """`evenlight analyse IN -o FILE`, with an option for each parameter that bears on it."""
    specs = [spec for spec in param_specs(Deflicker.params) if spec.name not in _APPLIED]
    fixed: list[click.Parameter] = [
        click.Argument(["sources"], metavar="IN...", nargs=-1, required=True),
        click.Option(["-o", "--to", "target"], metavar="FILE", required=True, help="The analysis."),
        click.Option(["--merge"], is_flag=True, help="IN are analyses of one shot: join them."),
        click.Option(
            ["--frames"], type=FrameRange(), help="Frames to analyse; neighbours are read."
        ),
        click.Option(["--overwrite"], is_flag=True, help="Replace the analysis at FILE."),
        click.Option(["--preset"], metavar="FILE", help="Its first effect has the values."),
        report_option(),
    ]

    @click.pass_context
    def run(
        context: click.Context, /, sources: tuple[str, ...], target: str, merge: bool,
        frames: range | None, overwrite: bool, preset: str | None, output: str,
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
            stage = Stage.default(Deflicker).with_values(
                (_of_preset(preset, animations) if preset else {}) | typed
            )
            _analyse(Path(sources[0]), Path(target), frames, overwrite, report, stage)

    return click.Command(
        "analyse",
        callback=run,
        params=[*fixed, *map(option, specs)],
        short_help="Analyse a shot once for all renders of it.",
        help="Analyse a shot once for all renders of it.\n\n"
        "With --analysis FILE, deflicker and restore read no neighbours for their light: chunks on "
        "many machines cost no more than one run, and the result is the same, byte for byte. The "
        "settings must be those of the render; restore's are deflicker's.\n\n"
        "IN is a video, or numbered images such as name.####.exr; with --merge, analyses.",
    )


def _of_preset(preset: str, wanted: Collection[str]) -> dict[str, Animation]:
    first = load_preset(preset).stages[0]
    if "analysis" not in first.animations:
        raise ParamError(f"{preset} begins with {first.name}, which takes no analysis")
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
    if frames is not None:
        raise ParamError("--frames is for analysing; --merge takes all that the analyses hold")
    records = merged([Analysis.open(source) for source in sources])
    told = report("Merge", len(records))
    save(target, records, overwrite=overwrite)
    for record in records:
        told.frame(record.frame, "")
    told.finish(str(target))
    told.close()


def _analyse(
    source: Path,
    target: Path,
    frames: range | None,
    overwrite: bool,
    report: Callable[[str, int], Report],
    stage: Stage,
) -> None:
    with ExitStack() as stack:
        reader = open_clip(source, look_around=Graph((stage,)).look_around)
        stack.callback(reader.close)
        numbers = within(frames, reader)
        told = report("Analyse", len(numbers))
        stack.callback(told.close)
        for notice in reader.notices:
            told.notice(notice)
        records = []
        for number in numbers:
            records.append(_record(reader, number, stage))
            told.frame(number, "")
        save(target, records, overwrite=overwrite)
        told.finish(str(target))


def _record(reader: Reader, number: int, stage: Stage) -> Record:
    return analyse_record(
        Deflicker(),
        Server(reader, None),
        encoding=reader.encoding,
        origin=(0, 0),
        **asked(Deflicker, stage.animations, number),
    )
