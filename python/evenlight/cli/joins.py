# SPDX-License-Identifier: Apache-2.0
"""The analysis that evening out joins needs, made before a render that names none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..analysis import save
from ..batch import RenderJob, Stop
from ..batch.chain import Server, request_of
from ..batch.job import open_clips
from ..engine import analyse_frame
from ..flicker.settings import Joins
from ..frames import Outcome
from ..graph import Stage
from .report import REPORTS


@contextmanager
def analysed(job: RenderJob, output: str, stop: Stop) -> Iterator[RenderJob]:
    """The job, with an analysis of the whole clip where its first effect evens out joins by none.

    Raises what `engine.analyse_frame` raises; the analysis is removed afterwards.
    """
    if not (job.graph.stages and _lacks_analysis(job.graph.stages[0])):
        yield job
        return
    with TemporaryDirectory(prefix="evenlight-") as folder:
        path = Path(folder) / "clip.evenlight"
        _analyse(job, path, output, stop)
        yield replace(job, graph=job.graph.with_analysis(str(path), 0))


def _lacks_analysis(stage: Stage) -> bool:
    joins, analysis = (stage.animations.get(name) for name in ("joins", "analysis"))
    return (
        joins is not None
        and Joins.EVEN_OUT in joins.values
        and analysis is not None
        and not analysis.values[0]
    )


def _analyse(job: RenderJob, path: Path, output: str, stop: Stop) -> None:
    stage, records = job.graph.stages[0], []
    with open_clips(job) as (source, _):
        effect, server, order = stage.effect(), Server(source, None, stop), job.order(source)
        numbers = range(source.first, source.last + 1)
        with closing(REPORTS[output]("Analyse", len(numbers))) as told, stop.listening():
            for number in numbers:
                stop.check()
                animations, encoding = stage.animations, source.encoding
                request = request_of(stage.effect, animations, number, encoding, order)
                records += analyse_frame(effect, server, request)
                told.frame(number, Outcome())
    save(path, records, overwrite=False)
