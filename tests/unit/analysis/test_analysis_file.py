# SPDX-License-Identifier: Apache-2.0
"""The file of an analysis: what goes in comes out, and what was not written so is refused."""

from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenlight.analysis import Analysis, AnalysisSettings, Record, merged, save
from evenlight.analysis.file import VERSION
from evenlight.analysis.record import thumbnail
from evenlight.analysis.writing import encode
from evenlight.colour.levels import LEVELS
from evenlight.errors import AnalysisError, BusyError
from evenlight.flicker.estimate import REVISION, FlickerEstimate
from evenlight.flicker.local import Field
from evenlight.motion.preview import Preview, normalise

CONDITIONS = AnalysisSettings(
    radius=24,
    colour="per_channel",
    keep_above=1.0,
    steadiness=0.5,
    local=True,
    resolution=6,
    bands="rows",
    solver="exact",
    method="learned",
    stages=(1.0, 0.5),
    cuts="auto",
    encoding="display",
    region=(0.0, 0.0, 1.0, 1.0),
    shot=(None, 17),
)
OTHER = replace(CONDITIONS, radius=40, shot=(None, None))


def preview(rng: np.random.Generator) -> Preview:
    colour = rng.random((20, 30, 3)).astype(np.float32)
    return Preview(colour, normalise(colour), rng.bytes(16))


def record(frame: int, conditions: AnalysisSettings = CONDITIONS, seed: int = 0) -> Record:
    rng = np.random.default_rng([seed, abs(frame)])
    centre = preview(rng)
    basis = conditions.basis
    field = Field(basis, rng.normal(0, 0.1, len(basis.frequencies))) if basis else None
    return Record(
        frame,
        conditions,
        (360, 640, 3),
        centre.digest,
        thumbnail(centre),
        FlickerEstimate(
            None if frame % 5 == 4 else rng.normal(0, 0.1, (3, len(LEVELS))),
            None if frame % 3 == 2 else field,
        ),
    )


def same(one: Record, other: Record) -> bool:
    return (one.key, one.shape, one.seal()) == (other.key, other.shape, other.seal())


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    records = [record(frame, CONDITIONS if frame < 7 else OTHER) for frame in range(-3, 12)]
    save(path, records, overwrite=False)
    analysis = Analysis.open(path)
    assert len(analysis) == len(records) == len(analysis.frames)
    for one in records:
        found = analysis.find(one.frame, one.conditions)
        assert same(found, one)
        for name in ("relative_deficit", "field"):
            assert (getattr(found.estimate, name) is None) == (getattr(one.estimate, name) is None)
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_size / len(records) < 5000  # a few kB a frame


def test_no_order_and_no_division_shows_in_the_file(rng: np.random.Generator) -> None:
    records = [record(frame, OTHER if frame % 4 else CONDITIONS) for frame in range(20)]
    whole = encode(records)
    shuffled = [records[i] for i in rng.permutation(20)]
    assert encode(shuffled) == whole
    chunks = [Analysis.decode(encode(shuffled[i : i + 3])) for i in range(0, 20, 3)]
    assert encode(merged([*chunks, chunks[0]])) == whole


def test_several_settings_of_a_frame_lie_side_by_side() -> None:
    analysis = Analysis.decode(encode([record(5), record(5, OTHER)]))
    assert analysis.find(5, OTHER).conditions == OTHER
    assert analysis.find(5, CONDITIONS).conditions == CONDITIONS


def test_what_does_not_fit_is_said() -> None:
    analysis = Analysis.decode(encode([record(5), record(6)]), "a.evenlight")
    with pytest.raises(AnalysisError, match=r"radius was 24 and is 40 now.*Analyse the clip again"):
        analysis.find(5, replace(CONDITIONS, radius=40))
    with pytest.raises(AnalysisError, match=r"marked cuts was none 17 and is 3 17 now"):
        analysis.find(5, replace(CONDITIONS, shot=(3, 17)))
    with pytest.raises(AnalysisError, match=r"method was learned and is classical now"):
        analysis.find(5, replace(CONDITIONS, method="classical"))
    with pytest.raises(AnalysisError, match=r"temporal stage was 1 0.5 and is 1 1 now"):
        analysis.find(5, replace(CONDITIONS, stages=(1.0, 1.0)))
    with pytest.raises(AnalysisError, match=r"frames 5 to 6, and frame 7 is not one of them"):
        analysis.find(7, CONDITIONS)


def test_analyses_of_two_sources_are_not_merged() -> None:
    with pytest.raises(AnalysisError, match="contradict each other at frame 5"):
        encode([record(5), record(5, seed=1)])
    with pytest.raises(AnalysisError, match="640 x 360 and 640 x 361"):
        encode([record(5), replace(record(6), shape=(361, 640, 3))])
    with pytest.raises(AnalysisError, match="nothing to write"):
        encode([])


def test_nothing_is_replaced_unasked_and_no_other_file_ever(tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    save(path, [record(1)], overwrite=False)
    with pytest.raises(AnalysisError, match="--overwrite"):
        save(path, [record(2)], overwrite=False)
    assert Analysis.open(path).frames == [1]
    save(path, [record(2)], overwrite=True)
    assert Analysis.open(path).frames == [2]
    film = tmp_path / "film.mov"
    film.write_bytes(b"a film")
    with pytest.raises(AnalysisError, match="is no analysis; choose another name"):
        save(film, [record(2)], overwrite=True)
    assert film.read_bytes() == b"a film"
    with pytest.raises(AnalysisError, match="cannot be written"):
        save(tmp_path / "no" / "shot.evenlight", [record(2)], overwrite=False)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["film.mov", "shot.evenlight"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shot.evenlight"
    save(path, [record(1)], overwrite=False)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BusyError, match="No space left on device"):
        save(path, [record(2)], overwrite=True)
    assert Analysis.open(path).frames == [1]
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "shot.evenlight"
    jobs = [[record(frame, seed=seed) for frame in range(40)] for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(save, path, job, overwrite=True) for job in jobs]:
            done.result()
    assert path.read_bytes() in [encode(job) for job in jobs]
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        AnalysisError, match=r"no analysis at .*Analyse clip or `evenlight analyse`"
    ):
        Analysis.open(tmp_path / "none.evenlight")
    with pytest.raises(AnalysisError, match="no analysis at"):
        Analysis.open(tmp_path)


@pytest.mark.parametrize(("name", "number"), [("version", VERSION), ("revision", REVISION)])
def test_another_version_is_refused(name: str, number: int) -> None:
    data = encode([record(1)])
    own = f'{name}\\":{number}'.encode()
    assert data.count(own) == 1
    another = own[:-1] + bytes([own[-1] ^ 1])
    with pytest.raises(AnalysisError, match="another version of Evenlight"):
        Analysis.decode(data.replace(own, another))


# Damage


WHOLE = encode([record(frame, CONDITIONS if frame % 2 else OTHER) for frame in range(6)])


def refuses_or_tells_the_truth(data: bytes) -> None:
    """Nothing but an AnalysisError comes of a file, and no record but those that were written."""
    try:
        for found in Analysis.decode(data).records():
            written = record(found.frame, CONDITIONS if found.frame % 2 else OTHER)
            assert same(found, written)
    except AnalysisError:
        pass


@settings(max_examples=300, deadline=None)
@given(size=st.integers(0, len(WHOLE) - 1))
def test_one_that_is_cut_short_is_refused(size: int) -> None:
    with pytest.raises(AnalysisError, match="cannot be used"):
        list(Analysis.decode(WHOLE[:size]).records())


@settings(max_examples=500, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6
    )
)
def test_no_damaged_byte_changes_a_correction(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    refuses_or_tells_the_truth(bytes(data))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
_KEYS = st.sampled_from(
    ["__metadata__", "frame", "field", "lacking", "conditions", "seal", "dtype", "shape"]
)


def put(place: Any, path: list[str | int], value: object) -> None:
    """Put `value` somewhere into `place`, going as far along `path` as there is a way."""
    for key in path[:-1]:
        with suppress(KeyError, IndexError, TypeError):
            place = place[key]
    with suppress(IndexError, TypeError):
        place[path[-1]] = value


@settings(max_examples=300, deadline=None)
@given(
    path=st.lists(_KEYS | st.integers(0, 2), min_size=1, max_size=3),
    value=_JSON,
    in_note=st.booleans(),
)
def test_no_hostile_header_is_believed(path: list[str | int], value: object, in_note: bool) -> None:
    length = int.from_bytes(WHOLE[:8], "little")
    header = json.loads(WHOLE[8 : 8 + length])
    notes = header["__metadata__"]
    note = json.loads(notes["evenlight.analysis"])
    put(note if in_note else header, path, value)
    if in_note:
        notes["evenlight.analysis"] = json.dumps(note)
    text = json.dumps(header).encode()
    refuses_or_tells_the_truth(len(text).to_bytes(8, "little") + text + WHOLE[8 + length :])


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_do_harm(data: bytes) -> None:
    refuses_or_tells_the_truth(data)
    refuses_or_tells_the_truth(len(data).to_bytes(8, "little") + data)
    refuses_or_tells_the_truth(WHOLE[:8] + data + WHOLE[8:])


def test_a_header_of_endless_depth_is_refused() -> None:
    text = b'{"__metadata__":' + b"[" * 200_000
    with pytest.raises(AnalysisError, match="header"):
        Analysis.decode(len(text).to_bytes(8, "little") + text)
    with pytest.raises(AnalysisError, match="cut short"):
        Analysis.decode((2**63).to_bytes(8, "little") + bytes(100))


def headed(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header


@pytest.mark.parametrize(
    "header",
    [
        json.dumps({f"c{n}": {"dtype": "U8", "shape": [0]} for n in range(90_000)}).encode(),
        b"[" + b"0," * 3_000_000 + b"0]",
        b'{"__metadata__":{"evenlight.analysis":"' + b'\\"a' * 2_000_000 + b'"}}',
        b" " * (1 << 26),
    ],
    ids=["columns", "numbers", "text", "long"],
)
def test_a_header_that_is_large_for_nothing_is_refused_at_once(header: bytes) -> None:
    begin = monotonic()
    with pytest.raises(AnalysisError):
        Analysis.decode(headed(header))
    assert monotonic() - begin < 2


def test_corrections_that_make_no_sense_are_refused_though_sealed() -> None:
    one = record(1)
    assert one.estimate.relative_deficit is not None
    for wild in (np.nan, np.inf, 1e30):
        relative_deficit = np.full_like(one.estimate.relative_deficit, wild)
        data = encode(
            [replace(one, estimate=FlickerEstimate(relative_deficit, one.estimate.field))]
        )
        with pytest.raises(AnalysisError, match="make no sense"):
            list(Analysis.decode(data).records())
