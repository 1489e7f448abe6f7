# SPDX-License-Identifier: Apache-2.0
"""Tables for people, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from tests.bench.dirt import PATTERNS
from tests.bench.quality import Row

_REMOVED = ("removed", "small", "medium", "large", "end_removed")
#: Where more is better; elsewhere less is, and of these two 1 is.
_MORE = (
    "PSNR",
    "at best",
    "F1",
    "SSIM",
    "worst frame",
    "5 frames",
    "inside",
    "outside",
    "fps",
    *_REMOVED,
)
_ONE = ("sharpness", "grain")
#: Shares, of real dirt and of copies of frames.
_SHARES = (
    *("removed", "small", "medium", "large", "ring", "harm", "end_removed", "end_harm"),
    *(f"{pattern}, {which}" for pattern in PATTERNS for which in ("mean", "least")),
)
_PLAIN = "do nothing"


def show(console: Console, title: str, rows: Mapping[str, Row]) -> None:
    """Print one table, the best of each column set off."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("method", no_wrap=True)
    columns = list(next(iter(rows.values())))
    for column in columns:
        table.add_column(column, justify="right")
    best = {column: _best(column, rows) for column in columns}
    for method, row in rows.items():
        cells = [
            f"[bold green]{row[column]:{_format(column)}}[/]"
            if method != _PLAIN and row[column] == best[column]
            else f"{row[column]:{_format(column)}}"
            for column in columns
        ]
        table.add_row(method, *cells)
    console.print(table)


def _best(column: str, rows: Mapping[str, Row]) -> float:
    figures = [row[column] for method, row in rows.items() if method != _PLAIN]
    if not figures or len(rows) < 3:
        return float("nan")
    if column in _ONE:
        return min(figures, key=lambda figure: abs(figure - 1))
    return max(figures) if column.startswith(_MORE) else min(figures)


def _format(column: str) -> str:
    if column == "SSIM":
        return ".4f"
    if column in _ONE or column in ("warp", "step", "F1", "touched %", "times as fast", *_SHARES):
        return ".2f"
    return ".0f" if column in ("frames that differ", "fps", "false region") else ".1f"
