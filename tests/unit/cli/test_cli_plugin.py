# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import plistlib
import sys
from pathlib import Path

import pytest

import evenlight
from evenlight import bundle
from evenlight.bundle import NAME, Bundle
from evenlight.cli import doctor, hosts
from evenlight.cli.doctor import CHECKS, State, bundles, networks
from evenlight.cli.main import run
from evenlight.errors import MediaError
from evenlight.inference.sessions import FOLDER, Sessions, names


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and no folder of plug-ins but one of the test's."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OFX_PLUGIN_PATH", str(tmp_path / "ofx"))
    monkeypatch.setattr(bundle, "system_folder", lambda: tmp_path / "system")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that carries a bundle with a library of a few bytes."""
    contents = tmp_path / "package" / "bundle" / NAME / "Contents"
    for folder in ("Linux-x86-64", "Linux-aarch64", "MacOS", "Win64"):
        (contents / folder).mkdir(parents=True)
        (contents / folder / "Evenlight.ofx").write_bytes(b"a library")
    info = {"CFBundleIdentifier": "org.evenlight.ofx", "CFBundleVersion": evenlight.__version__}
    (contents / "Info.plist").write_bytes(plistlib.dumps(info))
    monkeypatch.setattr(evenlight, "__path__", [str(tmp_path / "package")])
    return contents.parent


def test_where_prints_a_folder_for_ofx_plugin_path(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plugin", "where"]) == 0
    assert capsys.readouterr().out == f"{package.parent}\n"
    assert Bundle(package).python == Path(sys.executable)


def test_where_corrects_the_python(package: Path) -> None:
    file = package / "Contents" / "Resources" / "python.txt"
    file.parent.mkdir()
    file.write_text("python=/usr/bin/another\n")
    assert run(["plugin", "where"]) == 0
    assert file.read_text() == f"python={sys.executable}\n"


def test_install_and_uninstall(
    home: Path, package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, folder in (
        ([], home / ".local" / "share" / "OFX" / "Plugins"),
        (["--system"], tmp_path / "system"),
        ([str(tmp_path / "ofx")], tmp_path / "ofx"),
    ):
        if sys.platform != "linux" and not arguments:
            continue
        assert run(["plugin", "install", *arguments]) == 0
        told = capsys.readouterr().out
        assert f"installed {folder / NAME}" in told
        assert ("OFX_PLUGIN_PATH" in told) == (not arguments)
        installed = Bundle(folder / NAME)
        assert installed.python == Path(sys.executable)
        assert installed.version == evenlight.__version__
        assert installed.binary is not None
        assert installed.binary.read_bytes() == b"a library"
        assert [path.name for path in folder.iterdir()] == [NAME]
        assert run(["plugin", "uninstall", *arguments]) == 0
        assert not list(folder.iterdir())
    assert package.is_dir()


def test_install_replaces_an_older_one(home: Path, package: Path, tmp_path: Path) -> None:
    old = bundle.install(tmp_path / "ofx")
    (old / "Contents" / "left over").write_text("old")
    bundle.install(tmp_path / "ofx")
    assert not (old / "Contents" / "left over").exists()
    assert home.is_dir()
    assert package.is_dir()


def test_other_copies_are_told(
    home: Path, package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle.install(tmp_path / "system")
    assert run(["plugin", "install", str(tmp_path / "ofx")]) == 0
    assert f"another copy, version {evenlight.__version__}" in capsys.readouterr().out
    assert home.is_dir()
    assert package.is_dir()


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_what_is_not_ours_stays(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    other = tmp_path / "ofx" / NAME
    other.mkdir(parents=True)
    (other / "precious").write_text("mine")
    assert run(["plugin", command, str(tmp_path / "ofx")]) == 1
    assert "not a bundle of Evenlight" in capsys.readouterr().err
    assert (other / "precious").read_text() == "mine"
    assert package.is_dir()


def test_a_failed_copy_leaves_the_old_one(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = bundle.install(tmp_path / "ofx")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle.shutil, "copytree", fail)
    with pytest.raises(MediaError, match="No space left on device"):
        bundle.install(tmp_path / "ofx")
    assert Bundle(target).binary is not None
    assert [path.name for path in target.parent.iterdir()] == [NAME]
    assert package.is_dir()


def test_a_package_that_cannot_be_changed_can_be_installed_from(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = []
    use = Bundle.use_this_python
    monkeypatch.setattr(
        Bundle, "use_this_python", lambda self: (changed.append(self.path), use(self))
    )
    target = bundle.install(tmp_path / "ofx")
    assert package not in changed
    assert Bundle(target).python == Path(sys.executable)


def test_no_bundle_says_how_to_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evenlight, "__path__", [str(tmp_path)])
    assert run(["plugin", "where"]) == 1
    assert "make build" in capsys.readouterr().err


def test_wrong_requests(package: Path, tmp_path: Path) -> None:
    assert package.is_dir()
    assert run(["plugin", "install", "--user", str(tmp_path)]) == 2
    assert run(["plugin", "uninstall", str(tmp_path / "nothing")]) == 1


def test_doctor_judges_copies(home: Path, package: Path, tmp_path: Path) -> None:
    def states() -> list[tuple[State, str]]:
        return [(finding.state, finding.detail) for finding in bundles()]

    assert home.is_dir()
    assert [state for state, _ in states()] == [State.OK, State.NOTE]
    copy = bundle.install(tmp_path / "ofx")
    assert [state for state, _ in states()] == [State.OK, State.OK]
    file = copy / "Contents" / "Resources" / "python.txt"
    file.write_text("python=/no/such/python\n")
    assert states()[1][0] is State.BROKEN
    assert "does not exist" in states()[1][1]
    file.unlink()
    assert "names no Python" in states()[1][1]
    bundle.install(tmp_path / "ofx")
    info = copy / "Contents" / "Info.plist"
    info.write_bytes(info.read_bytes().replace(evenlight.__version__.encode(), b"0.0.1"))
    assert "is version 0.0.1, and the package" in states()[1][1]
    assert package.is_dir()


def test_doctor_looks_at_networks_and_where_they_run(tmp_path: Path) -> None:
    found = {(finding.state, finding.detail) for finding in networks()}
    assert (State.OK, "gfrm, in fp32 on the CPU") in found or "CUDA" in str(found)
    for path in FOLDER.glob("*.onnx"):
        (tmp_path / path.name).write_bytes(path.read_bytes()[:5000])
    looked = networks(Sessions(tmp_path))
    broken = [finding.detail for finding in looked if finding.state is State.BROKEN]
    assert len(broken) == len(names())
    assert all("install Evenlight again" in detail for detail in broken)


def test_doctor_notices_that_no_gpu_is_used_for_one_package_lies_over_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "version", lambda _: "1.31.1")
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    (told,) = [finding.detail for finding in networks() if finding.state is State.NOTE]
    assert "--force-reinstall --no-deps onnxruntime-gpu" in told


def test_doctor_misses_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (finding,) = networks()
    assert finding.state is State.BROKEN
    assert "pip install onnxruntime" in finding.detail


def test_doctor_prints_json_and_fails_when_something_is_broken(
    home: Path, package: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        doctor, "CHECKS", [check for check in CHECKS if check.__name__ != "renders"]
    )
    assert run(["doctor", "--output", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1] == {"event": "done", "broken": 0}
    assert {"Python", "numpy", "built plug-in"} <= {line.get("subject") for line in lines}
    for folder in (package / "Contents").glob("*[46]*"):
        (folder / "Evenlight.ofx").unlink()
    assert run(["doctor"]) == (1 if sys.platform != "darwin" else 0)
    assert home.is_dir()


def test_the_trial_renders_alike_in_package_and_plugin(bundle: Path) -> None:
    from evenlight.cli.trial import through_package, through_plugin

    assert bundle.is_dir()
    assert through_package() == through_plugin()


@pytest.mark.skipif(sys.platform != "linux", reason="the places are Linux's")
def test_doctor_does_without_a_host_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyopenfx", None)
    package, plugin = doctor.renders()
    assert package.state is State.OK
    assert plugin.state is State.NOTE
    assert "pyopenfx" in plugin.detail


def test_caches_go_only_when_asked(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts.os, "getuid", lambda: 4_000_000_000)  # nobody's own Nuke is meant
    natron = home / ".cache" / "INRIA" / "Natron" / "OFXLoadCache"
    resolve = home / ".local/share/DaVinciResolve/configs/OFXPluginCacheV2.xml"
    for path in (natron / "note", resolve):
        path.parent.mkdir(parents=True)
        path.write_text("note")
    assert {natron, resolve} <= set(hosts.caches())
    run(["doctor"])
    assert natron.exists()
    capsys.readouterr()
    run(["doctor", "--clear-caches"])
    told = capsys.readouterr().out
    assert f"removed {natron}" in told
    assert f"removed {resolve}" in told
    assert not natron.exists()
    assert not resolve.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="makes an executable file")
def test_hosts_are_found_on_path_and_where_they_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "melt"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hosts.Host("MLT", ("melt",), ()).find() == program
    assert hosts.Host("MLT", (), (f"{tmp_path}/m*t",)).find() == program
    assert hosts.Host("MLT", ("no such",), (f"{tmp_path}/none*",)).find() is None
