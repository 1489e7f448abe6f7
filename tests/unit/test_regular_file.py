# SPDX-License-Identifier: Apache-2.0
"""Names of pipes, devices and folders: whoever reads them is told at once."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evenlight import load_preset
from evenlight.analysis import Analysis
from evenlight.batch.record import _read
from evenlight.edits import read_cuts
from evenlight.errors import EvenlightError
from evenlight.io import open_clip
from evenlight.regular_file import IrregularFileError, open_regular, read_regular

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


MAKERS = [pipe, link_to_a_pipe, link_to_a_device, link_to_itself, Path.mkdir]
Make = Callable[[Path], None]


def in_time(body: Callable[[], Any]) -> Any:
    """What `body` gives, or the error that it raises; fails where it takes seconds."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(body())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert found, "it hangs"
    return found[0]


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_no_file_is_refused(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "named")
    assert isinstance(in_time(lambda: open_regular(tmp_path / "named")), IrregularFileError)


def test_a_file_is_read_also_through_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link", 4) == b"1234"
    with pytest.raises(OSError, match="larger") as told:
        read_regular(tmp_path / "link", 3)
    assert told.value.errno == errno.EFBIG
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "nothing")


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("look.json", load_preset),
        ("look.yaml", load_preset),
        ("shot.evenlight", Analysis.open),
        ("clip.mov", open_clip),
        ("clip.0001.png", open_clip),
        ("cut.otio", lambda path: read_cuts(path, 1, 24)),  # type: ignore[arg-type]
    ],
)
def test_whatever_a_stranger_names_is_told_in_a_sentence(
    tmp_path: Path, make: Make, name: str, read: Callable[[Path], object]
) -> None:
    make(tmp_path / name)
    told = in_time(lambda: read(tmp_path / name))
    assert isinstance(told, EvenlightError)
    assert name in str(told)


@pytest.mark.parametrize("make", MAKERS)
def test_a_record_that_is_no_file_vouches_for_nothing(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "record")
    assert in_time(lambda: _read(tmp_path / "record")) == {"mixed": True}
