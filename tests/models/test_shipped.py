# SPDX-License-Identifier: Apache-2.0
"""Networks that are shipped, their sources and their checkpoints must be one and the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from export import CHECKPOINTS, NETWORKS
from export.__main__ import main
from export.network import fingerprint
from export.onnx_file import difference, files_of
from torch import nn

from evenlight.inference.sessions import FOLDER, Sessions, names
from evenlight.models import gfrm

#: MB that all networks may take together.
_LIMIT = 24
FILES = {
    f"{name}, {precision}": (name, precision, path)
    for name in NETWORKS
    for precision, path in files_of(FOLDER / f"{name}.onnx").items()
    if path.is_file()
}


def kept(name: str) -> nn.Module:
    """The source with the weights that were trained, as it is served."""
    return NETWORKS[name].served(CHECKPOINTS / f"{name}.safetensors")


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_the_shipped_files_are_of_this_source(name: str) -> None:
    own = fingerprint(NETWORKS[name], kept(name))
    for precision, path in files_of(FOLDER / f"{name}.onnx").items():
        if path.is_file():
            card = Sessions().get(path, "cpu").card
            assert card.source == own, f"{path.name} is of another source: `make update-models`"
            assert card.precision == precision


@pytest.mark.parametrize("file", sorted(FILES))
def test_the_shipped_file_gives_what_torch_gives(file: str) -> None:
    name, precision, path = FILES[file]
    found = difference(kept(name), path.read_bytes(), NETWORKS[name].trials)
    assert found <= NETWORKS[name].tolerance(precision)


def test_a_constant_that_no_shape_shows_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(NETWORKS["gfrm"], kept("gfrm"))
    assert fingerprint(NETWORKS["gfrm"], kept("gfrm")) == before
    monkeypatch.setattr(gfrm, "_SCALE", 4.5)
    assert fingerprint(NETWORKS["gfrm"], kept("gfrm")) != before


def test_a_weight_that_changed_is_noticed() -> None:
    before, after = (kept("lfista") for _ in range(2))
    next(after.parameters()).data[0] += 1e-3
    assert fingerprint(NETWORKS["lfista"], before) != fingerprint(NETWORKS["lfista"], after)


def test_every_network_is_looked_at() -> None:
    assert sorted(NETWORKS) == names()
    assert sorted(path for _, _, path in FILES.values()) == sorted(FOLDER.glob("*.onnx"))


def test_networks_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.onnx")) <= _LIMIT * 2**20


def test_without_a_checkpoint_the_export_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("export.CHECKPOINTS", tmp_path)
    monkeypatch.setattr("sys.argv", ["export", "--trained", str(tmp_path), "gfrm"])
    assert main() == 1
    assert "run `make train-models` first" in capsys.readouterr().err
