# SPDX-License-Identifier: Apache-2.0
"""Wheels and source, installed into environments that hold nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np

from evenlight.frames import Array
from release.pythons import VERSIONS, find_pythons

from .conftest import RADIUS, environment, run, wheel_for, write_film


def light(path: Path) -> Array:
    with av.open(str(path)) as container:
        return np.array([f.to_ndarray(format="gray").mean() for f in container.decode(video=0)])


def test_one_wheel_and_one_command_restore_a_film(
    fresh: Path, frames: Array, tmp_path: Path
) -> None:
    film, made = tmp_path / "film.mov", tmp_path / "out.mov"
    write_film(frames, film)
    run(fresh / "evenlight", "restore", film, made)
    assert light(made).std() < 0.4 * light(film).std()


def test_the_plug_in_of_the_wheel_is_installed_and_whole(fresh: Path, tmp_path: Path) -> None:
    told = run(fresh / "evenlight", "plugin", "install", tmp_path / "OFX")
    assert str(tmp_path / "OFX") in told
    assert (tmp_path / "OFX/Evenlight.ofx.bundle/Contents/Info.plist").is_file()
    told = run(fresh / "evenlight", "doctor")
    assert re.search(r"test render.*brightness was off by", told.replace("\n", " "))


def test_the_host_alone_renders_with_the_whole_bundle(
    python: str, wheels: list[Path], unzipped: Path, frames: Array, expected: Array, tmp_path: Path
) -> None:
    host = environment(python, tmp_path / "host", wheel_for(wheels, "pyopenfx", python))
    np.save(tmp_path / "in.npy", frames)
    run(
        host / "pyopenfx", "render", unzipped, tmp_path / "in.npy", tmp_path / "out.npy",
        "--plugin", "org.evenlight.deflicker", "--param", f"radius={RADIUS}",
    )  # fmt: skip
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), expected)


def test_the_source_is_compiled_and_restores_a_film(
    dist: Path, frames: Array, tmp_path: Path
) -> None:
    (source,) = dist.glob("evenlight-*.tar.gz")
    programs = environment(find_pythons()[VERSIONS[0]], tmp_path / "built", source)
    write_film(frames, tmp_path / "film.mov")
    run(programs / "evenlight", "restore", tmp_path / "film.mov", tmp_path / "out.mov")
    assert light(tmp_path / "out.mov").std() < 0.4 * light(tmp_path / "film.mov").std()
