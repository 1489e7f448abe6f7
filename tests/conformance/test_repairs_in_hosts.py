# SPDX-License-Identifier: Apache-2.0
"""The parameter Repairs in a host: decisions of a file that the command line wrote are followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.unit.repairs.dirty import FIRST, dirty, listed, store, write

from evenlight.frames import Array
from pyopenfx import ActionError, Host, Instance

Opened = Callable[..., Instance]
AT = 3  # the frame of two spots


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which one of two spots of a frame is rejected."""
    folder = tmp_path_factory.mktemp("repairs")
    values = listed(write(dirty(), folder / "clip"), folder / "r.jsonl")
    chosen = next(one for one in values if "outline" in one and one["frame"] == FIRST + AT)
    return store(
        folder / "r.jsonl",
        [one | {"decision": "reject"} if one is chosen else one for one in values],
    )


@contextmanager
def opened(bundle: Path, frames: Array, name: str, repairs: Path | None) -> Iterator[Instance]:
    host = Host(strict=True)
    with host:
        plugin = next(p for p in host.load(bundle) if p.identifier.endswith(name))
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(list(frames))
            if name == "restore":
                instance.params["radius"].set(6)
                instance.params["method"].set("classical")
            instance.params["repairs"].set("" if repairs is None else str(repairs))
            yield instance


@pytest.mark.parametrize("name", ["deblotch", "restore"])
def test_a_rejected_spot_stays_and_the_other_goes(bundle: Path, path: Path, name: str) -> None:
    frames = dirty()
    with opened(bundle, frames, name, None) as instance:
        plain = instance.render(AT).copy()
    with opened(bundle, frames, name, path) as instance:
        decided = instance.render(AT).copy()
    differs = (plain != decided).any(2)
    assert differs.sum() > 50
    assert (frames[AT][differs] != plain[differs]).any()
    where = np.argwhere(differs)
    assert np.ptp(where, axis=0).max() < 40, "one of two spots that lie far apart"


def test_decisions_hold_for_a_preview_of_half_the_size(bundle: Path, path: Path) -> None:
    frames = dirty()[:, ::2, ::2].copy()
    with opened(bundle, frames, "deblotch", None) as instance:
        plain = instance.render(AT).copy()
    with opened(bundle, frames, "deblotch", path) as instance:
        decided = instance.render(AT).copy()
    differs = (plain != decided).any(2)
    assert differs.any()
    assert decided[differs].tobytes() == frames[AT][differs].tobytes()


def test_a_file_that_does_not_serve_fails_the_frame_in_words(
    bundle: Path, path: Path, tmp_path: Path
) -> None:
    frames = dirty()
    for missing in (tmp_path / "none.jsonl", Path("/dev/zero")):
        with opened(bundle, frames, "deblotch", missing) as instance:
            assert "there are no repairs at" in refused(instance)
    with opened(bundle, 255 - frames, "deblotch", path) as instance:
        assert "is none of those that were listed" in refused(instance)


def refused(instance: Instance) -> str:
    """What a host is told of a frame that fails."""
    with pytest.raises(ActionError) as caught:
        instance.render(AT)
    return str(caught.value)
