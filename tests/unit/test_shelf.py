# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenlight import Graph, ParamError, save_preset
from evenlight.cli.main import run
from evenlight.effects import EFFECTS, Deblotch, Deflicker, Restore
from evenlight.graph import Stage, short_name
from evenlight.params import param_specs
from evenlight.shelf import Shelf, shelf_of, shipped


def test_every_file_that_is_shipped_is_on_the_shelf() -> None:
    import evenlight.shelf

    folder = Path(evenlight.shelf.__file__).with_name("shipped")
    assert len(list(folder.iterdir())) == len(shipped()) == 9


@pytest.mark.parametrize("preset", shipped(), ids=lambda preset: preset.name)
def test_shipped_presets_are_plain_and_of_one_effect_each(preset) -> None:  # type: ignore[no-untyped-def]
    assert preset.about.endswith(".")
    assert len(preset.about) <= 120
    for graph in preset.graphs:
        (stage,) = graph.stages
        assert all(not animation.times for animation in stage.animations.values())
    assert any(graph.stages != (Stage.default(graph.stages[0].effect),) for graph in preset.graphs)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.label)
def test_two_presets_of_an_effect_differ(effect: type) -> None:
    seen = [
        {name: animation.stored for name, animation in graph.stages[0].animations.items()}
        for preset in shipped()
        for graph in preset.graphs
        if graph.stages[0].effect is effect
    ]
    assert len(seen) >= 4
    assert all(one not in seen[i + 1 :] for i, one in enumerate(seen))
    assert all(set(one) == {spec.name for spec in param_specs(effect.params)} for one in seen)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["oldfilm", "Old film", "OLD_FILM", " old-film "])
def test_a_name_is_found_however_it_is_written(name: str) -> None:
    found = Shelf(()).find(name)
    assert found.name == "Old film"
    assert found.of().stages[0].effect is Restore
    assert found.of(Deblotch).stages[0].animations["sensitivity"].at(0) == 0.4
    assert found.of(Deflicker).stages == (Stage.default(Deflicker),)


def test_what_is_not_there_is_said_with_what_is() -> None:
    with pytest.raises(ParamError, match=r"no preset 'flim'; there are Old film"):
        Shelf(()).find("flim")
    with pytest.raises(ParamError, match=r"'Time-lapse' has nothing for deblotch; it is for defl"):
        Shelf(()).graph("time-lapse", Deblotch)


def test_a_persons_own_come_first_and_may_be_chains(tmp_path: Path) -> None:
    own = Graph.of("deflicker,deblotch").with_settings(["strength=0.25"])
    save_preset(own, tmp_path / "Old Film.yaml")
    shelf = Shelf((tmp_path / "none", tmp_path))
    assert shelf.graph("old film") == own
    assert shelf.find("oldfilm").effects == ("deflicker + deblotch",)
    assert Shelf(()).graph("old film") != own


def test_folders_are_those_of_the_environment() -> None:
    told = {"EVENLIGHT_PRESETS": "/a:/b", "XDG_CONFIG_HOME": "/c"}
    wanted = Path("/a"), Path("/b"), Path("/c/evenlight/presets")
    assert shelf_of(told.items()).folders == wanted
    assert shelf_of(()).folders == (Path.home() / ".config/evenlight/presets",)


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a\nb", "x" * 99])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ParamError, match="is no name for a preset"):
        Shelf((Path("/a"),)).place(name)


def test_the_command_line_saves_lists_and_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVENLIGHT_PRESETS", str(tmp_path / "mine"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run(["preset", "save", "Reel 4", "--preset", "oldfilm", "--set", "repair=0.5"]) == 0
    assert (tmp_path / "mine" / "Reel 4.json").is_file()
    assert run(["preset", "save", "Reel 4", "--preset", "oldfilm"]) == 1  # it is there
    (tmp_path / "mine" / "broken.yaml").write_text("[")
    capsys.readouterr()
    assert run(["preset", "list", "--output", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["Reel 4"]["effects"] == ["restore"]
    assert rows["broken"]["about"].startswith("cannot be used: ")
    assert {"Time-lapse", "VHS"} < rows.keys()
    assert run(["preset", "show", "reel4"]) == 0
    shown = capsys.readouterr().out
    assert "repair" in shown
    assert "0.5  (default 1)" in shown
    assert run(["preset", "show", "ai video", "--effect", "restore", "--output", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["effects"][0]["params"]["joins"] == "even_out"
    assert run(["preset", "show", "nonsense"]) == 2


def test_an_effect_takes_its_part_of_a_preset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVENLIGHT_PRESETS", str(tmp_path))
    words = [str(tmp_path / "no.mov"), str(tmp_path / "out.mov"), "--preset"]
    assert run(["deblotch", *words, "time-lapse"]) == 2  # the preset is looked at first
    assert "has nothing for deblotch" in capsys.readouterr().err
    for effect in (Deblotch, Deflicker, Restore):
        assert run([short_name(effect), *words, "oldfilm"]) == 1
        assert "no.mov" in capsys.readouterr().err
