# SPDX-License-Identifier: Apache-2.0
"""What was handed out, put where it does not fit: unwritable folders, beside older versions."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

import evenlight
from evenlight.effects import Deflicker
from evenlight.frames import Array
from pyopenfx import ActionError, Host
from release.portable_python import SITE
from release.whole_bundle import NAME

from .conftest import write_film

OLDER = "0.0.9"


def where_unwritable(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """A command that ran where `folder` is as on media that cannot be written."""
    if shutil.which("bwrap") is None:
        pytest.skip("media that cannot be written were not tried: bubblewrap is not installed")
    bounds = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(folder), str(folder)]
    return subprocess.run(
        [*bounds, *map(str, command)], capture_output=True, text=True, timeout=600, check=False
    )


def test_a_folder_of_plug_ins_without_permission_is_told_and_stays(
    fresh: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "OFX"
    (folder / NAME).mkdir(parents=True)
    done = where_unwritable(folder, fresh / "evenlight", "plugin", "install", folder / "more")
    assert done.returncode == 1
    told = " ".join(done.stderr.split())
    assert "cannot be changed: Read-only file system; use a folder that you" in told
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_film_on_media_that_cannot_be_written_is_restored_elsewhere(
    fresh: Path, frames: Array, tmp_path: Path
) -> None:
    media = tmp_path / "media"
    media.mkdir()
    write_film(frames, media / "film.mov")
    command = [fresh / "evenlight", "restore", media / "film.mov"]
    done = where_unwritable(media, *command, tmp_path / "out.mov")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.mov").stat().st_size > 0
    done = where_unwritable(media, *command, media / "out.mov")
    assert done.returncode == 1
    assert "cannot be written: the disk is read-only; choose another folder" in done.stderr
    assert [path.name for path in media.iterdir()] == ["film.mov"]


@pytest.fixture(scope="module")
def older(unzipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole bundle with the package of another version, and that version of its own."""
    bundle = shutil.copytree(unzipped, tmp_path_factory.mktemp("older") / NAME)
    (metadata,) = (bundle / "Contents/Python" / SITE).glob("evenlight-*.dist-info/METADATA")
    told = metadata.read_text("utf-8")
    metadata.write_text(told.replace(f"Version: {evenlight.__version__}", f"Version: {OLDER}"))
    info = plistlib.loads((bundle / "Contents/Info.plist").read_bytes())
    (bundle / "Contents/Info.plist").write_bytes(plistlib.dumps(info | {"CFBundleVersion": OLDER}))
    return bundle


def test_doctor_lists_an_older_version_that_lies_beside(
    fresh: Path, unzipped: Path, older: Path
) -> None:
    folders = os.pathsep.join(str(bundle.parent) for bundle in (older, unzipped))
    done = subprocess.run(
        [str(fresh / "evenlight"), "doctor", "--output", "json"],
        env={**os.environ, "OFX_PLUGIN_PATH": folders},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    for bundle, version in ((older, OLDER), (unzipped, evenlight.__version__)):
        assert f"{bundle}, version {version}," in done.stdout


def test_an_older_package_under_a_newer_plug_in_is_told_and_renders_nothing(
    older: Path, frames: Array
) -> None:
    with Host() as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(str(older))}
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(list(frames))
            versions = f"has version {OLDER} of the package, and this plug-in is version "
            with pytest.raises(ActionError, match=versions + evenlight.__version__):
                instance.render(2)
