# SPDX-License-Identifier: Apache-2.0
"""`evenlight analyse`: finds once what the frames of a shot lack, and merges what was found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from ..analysis import Analysis, Record, merged, save
from ..bridge import analyse_record
from ..effects import Deflicker
from ..errors import AnalysisError, ParamError
from ..io import Reader, open_clip
from ..io.files import check_folder
from ..params import param_specs
from .animation import Animation
from .effect_command import OUTPUT, FrameRange, checked, option
from .render import Server, look_around, values_at
from .report import HumanReport, JsonReport, Report

#: Parameters of Deflicker that do not bear on what a frame lacks.
_APPLIED = ("strength", "analysis", "analysis_offset", "use_mask", "invert_mask", "view")


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
        click.Option(["--output"], type=OUTPUT, default="human", show_default=True),
    ]

    def run(
        sources: tuple[str, ...], target: str, merge: bool, frames: range | None,
        overwrite: bool, output: str, **animations: Animation,
    ) -> None:  # fmt: skip
        _check_target(Path(target), overwrite)
        report = JsonReport if output == "json" else HumanReport
        if merge:
            _merge(sources, Path(target), frames, overwrite, report)
        elif len(sources) > 1:
            raise ParamError("one clip is analysed at a time; give --merge to join analyses")
        else:
            _analyse(Path(sources[0]), Path(target), frames, overwrite, report, animations)

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
    animations: dict[str, Animation],
) -> None:
    with ExitStack() as stack:
        reader = open_clip(source, look_around=look_around(Deflicker, animations))
        stack.callback(reader.close)
        numbers = checked(frames, reader)
        told = report("Analyse", len(numbers))
        stack.callback(told.close)
        for notice in reader.notices:
            told.notice(notice)
        records = []
        for number in numbers:
            records.append(_record(reader, number, animations))
            told.frame(number, "")
        save(target, records, overwrite=overwrite)
        told.finish(str(target))


def _record(reader: Reader, number: int, animations: dict[str, Animation]) -> Record:
    asked: dict[str, Any] = values_at(Deflicker, animations, number)
    return analyse_record(
        Deflicker(), Server(reader, None), encoding=reader.encoding, origin=(0, 0), **asked
    )
