# SPDX-License-Identifier: Apache-2.0
"""Runs of a job: told while they go on, with what is written beside the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from ..batch import Listener, RenderJob, Stop, render
from ..batch.outlook import outlook
from ..report.rendered import Seen
from .compare_option import check_comparison, compare_job
from .joins import analysed
from .listing import Lister, check_listing
from .outlook_lines import as_json, job_data, tell_outlook
from .page_command import check_page, page_of_job
from .report import REPORTS, Report


@dataclass(frozen=True, slots=True)
class Beside:
    """Files that are written beside a result, where they are asked for."""

    page: str | None = None
    compare: tuple[str, str] | None = None  # the way, and the video
    listing: str | None = None

    def check(self, job: RenderJob) -> None:
        """Raise where one cannot be written, before hours are spent: ParamError or MediaError."""
        if self.page is not None:
            check_page(Path(self.page), overwrite=job.overwrite)
        if self.compare is not None:
            check_comparison(job, Path(self.compare[1]))
        if self.listing is not None:
            check_listing(job, Path(self.listing))

    def write(self, job: RenderJob, report: Report, seen: Seen, stop: Stop) -> None:
        """Write the page and the video of a job that is done, and tell of them."""
        if self.page is not None:
            page_of_job(job, Path(self.page), report.notices, seen)
            report.beside(self.page, "a page on what was done, for any browser")
        if self.compare is not None:
            way, video = self.compare
            compare_job(job, way, Path(video), stop)
            report.beside(video, f"a video of before and after ({way})")


#: Nothing is written beside the result.
ALONE = Beside()


def run_job(
    job: RenderJob,
    label: str,
    output: str,
    action: Callable[[RenderJob, Listener, Stop], None] = render,
    *,
    dry_run: bool = False,
    beside: Beside = ALONE,
) -> None:
    """Render, or what else is to be done with the job, and tell how it goes.

    A dry run tells what would be done.
    """
    beside.check(job)
    if dry_run:
        _tell(job, output)
        return
    stop = stop_of(click.get_current_context())
    with analysed(job, output, stop) as ready:
        report: Report = REPORTS[output](label, _length(job))
        lister, seen = Lister(), Seen()
        report.watchers += [lister.see] if beside.listing else []
        report.watchers += [seen.see] if beside.page else []
        try:
            action(ready, report, stop)
            if beside.listing is not None:
                lister.write(job, Path(beside.listing))
            report.finish(str(job.target))
            beside.write(ready, report, seen, stop)
        finally:
            report.close()


def _tell(job: RenderJob, output: str) -> None:
    found = outlook(job)
    if output == "json":
        as_json(job.source, found.source, found.notices, **job_data(job.target, found))
    else:
        tell_outlook(job.source, job.target, found)


def stop_of(context: click.Context) -> Stop:
    """Flag that signals set for the command that runs; see `main.run`."""
    return context.find_object(Stop) or Stop()


def _length(job: RenderJob) -> int:
    if job.frames is not None:
        return len(job.frames)
    reader = job.open_source()
    try:
        return len(job.numbers(reader))
    finally:
        reader.close()
