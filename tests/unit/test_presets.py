# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, ClassVar

import pytest

from evenlight import EFFECTS, Graph, MediaError, ParamError, effects, load_preset, save_preset
from evenlight.effects import Deflicker, Effect
from evenlight.params import Doc, Since, Slider, TemporalWindow
from evenlight.presets import data_of, graph_of


@dataclass(frozen=True, slots=True)
class ThirdParams:
    look: Annotated[int, Slider(1, 9), Doc("How far.")] = 2
    softness: Annotated[float, Slider(0, 1), Since((1, 2), legacy=0.0), Doc("How soft.")] = 0.5


class Third(Effect):
    identifier: ClassVar[str] = "org.evenlight.third"
    label: ClassVar[str] = "Third"
    description: ClassVar[str] = "An effect that got a parameter in 1.2."
    version: ClassVar[tuple[int, int]] = (1, 3)
    params: ClassVar[type] = ThirdParams
    window: ClassVar[TemporalWindow] = TemporalWindow("look", "look")
    identity: ClassVar[Mapping[str, Any]] = {}


@pytest.fixture
def third(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "EFFECTS", (*EFFECTS, Third))


def preset(effect: str, version: list[int], **params: object) -> dict[str, Any]:
    return {
        "evenlight_preset": 1,
        "effects": [{"effect": effect, "version": version, "params": params}],
    }


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_what_is_saved_is_loaded(tmp_path: Path, ending: str) -> None:
    graph = Graph.of("deflicker,deblotch").with_settings(
        [
            "strength=0:0.2,100:1",
            "deflicker.colour=luminance",
            "deblotch.cut_here=10:on,11:off",
            "radius=12",
        ]
    )
    path = tmp_path / f"look.{ending}"
    save_preset(graph, path)
    assert load_preset(path) == graph
    with pytest.raises(MediaError, match="--overwrite"):
        save_preset(graph, path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_python_gets_parameters_at_a_frame() -> None:
    stage = Graph.of("deflicker").with_settings(["strength=0:0,10:1", "radius=7"]).stages[0]
    expected = Deflicker.params(strength=0.5, radius=7, fall_back=False)  # nobody watches
    assert stage.params_at(5) == expected


def test_every_value_is_stored() -> None:
    (stored,) = data_of(Graph.of("restore"))["effects"]
    assert set(stored["params"]) == set(Graph.of("restore").stages[0].animations)


@pytest.mark.usefixtures("third")
@pytest.mark.parametrize(
    ("version", "params", "softness"),
    [
        ([1, 0], {}, 0.0),
        ([1, 1], {"look": 3}, 0.0),
        ([1, 2], {}, 0.5),
        ([1, 0], {"softness": 1}, 1),
    ],
)
def test_old_presets_render_as_they_did(
    version: list[int], params: dict[str, Any], softness: float
) -> None:
    graph = graph_of(preset("org.evenlight.third", version, **params))
    assert graph.stages[0].params_at(1).softness == softness  # type: ignore[attr-defined]


@pytest.mark.usefixtures("third")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([], "no preset of Evenlight"),
        ({"effects": []}, "lacks evenlight_preset"),
        ({"evenlight_preset": 2, "effects": []}, "has format 2 and this Evenlight reads 1"),
        ({"evenlight_preset": 1, "effects": {}}, "holds no effects"),
        ({"evenlight_preset": 1, "effects": [7]}, "has no name"),
        (preset("org.evenlight.sharpen", [1, 0]), "there is no effect 'org.evenlight.sharpen'"),
        (preset("third", [1, 4]), "is of Third 1.4 and this is 1.3; update"),
        (preset("third", [2, 0]), "is of Third 2.0 and this is 1.3; update"),
        (preset("third", [0, 9]), "is of Third 0 and this is 1, which renders otherwise"),
        (preset("third", [1]), "Third has no version"),
        (preset("third", [1, 0], hardness=1), "Third has no parameter 'hardness'"),
        (preset("third", [1, 0], look=10), "look is 10; it must lie between 1 and 9"),
        (preset("third", [1, 0], look={"x": 1}), "keyframe at 'x'"),
        (preset("third", [1, 0], look={"²": 1}), "keyframe at '²'"),
        (preset("third", [1, 0], look={"--1": 1}), "keyframe at '--1'"),
        (preset("third", [1, 0], look={}), "no keyframes"),
        (preset("third", [1, 0], look=[1]), "look is"),
        (preset("third", [1, 0], look={"2": 1, "1": 2}), "times must rise"),
    ],
)
def test_wrong_presets_are_told(data: object, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    path.write_text(json.dumps(data))
    with pytest.raises(ParamError, match=sentence) as told:
        load_preset(path)
    assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("name", "contents"),
    [("a.json", b"{"), ("a.json", b"\xff\xfe\x00"), ("a.yaml", b"a: [1"), ("a.json", b"[" * 90000)],
)
def test_damaged_presets_are_told(tmp_path: Path, name: str, contents: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(contents)
    with pytest.raises(ParamError, match=name):
        load_preset(path)


def test_files_that_cannot_be_presets_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "film.json").open("wb") as film:
        film.truncate(1 << 30)
    with pytest.raises(ParamError, match="too large"):
        load_preset(tmp_path / "film.json")
    with pytest.raises(MediaError, match="cannot be read"):
        load_preset(tmp_path / "nothing.json")


def bomb(use: str) -> str:
    """YAML in which nine lists of nine references each are 400 million values."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join([*lines, use])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", bomb("evenlight_preset: *a8\neffects: []")),
        ("a.yaml", bomb("evenlight_preset: 1\neffects: [{effect: restore, version: *a8}]")),
        ("a.yaml", "evenlight_preset: &a [*a]\neffects: []"),
        ("a.yaml", "a: &x {evenlight_preset: 1, effects: []}\n<<: *x"),
        ("a.yaml", "evenlight_preset: 2001-99-99\neffects: []"),
        ("a.yaml", "evenlight_preset: 1:1:1\neffects: []"),
        ("a.yaml", "evenlight_preset: !!int ''\neffects: []"),
        ("a.yaml", "evenlight_preset: !!timestamp abc\neffects: []"),
        ("a.yaml", "evenlight_preset: !!python/object/apply:os.getpid []"),
        ("a.yaml", "evenlight_preset: 1\neffects: []\n---\nevenlight_preset: 1"),
        ("a.yaml", f"evenlight_preset: {'9' * 5000}\neffects: []"),
        ("a.yaml", f"evenlight_preset: 0x{'f' * 100000}\neffects: []"),
        ("a.yaml", "[" * 20000),
        ("a.json", "[" * 20 + "]" * 20),
        ("a.json", '{"evenlight_preset": ' + "9" * 5000 + "}"),
        ("a.json", '{"evenlight_preset": 1, "effects": [{}], "more": 1}'),
        ("a.json", json.dumps(preset("org.evenlight.deflicker", [1, 0], strength=True))),
        ("a.json", json.dumps(preset("org.evenlight.deflicker", [True, False]))),
        ("a.json", json.dumps(preset("org.evenlight.deflicker", [1, 0], radius=float("inf")))),
        ("a.json", json.dumps(preset("org.evenlight.deflicker", [1, 0], radius=float("nan")))),
        ("a.json", json.dumps(preset("org.evenlight.deflicker", [1, 0], radius={"9" * 9000: 1}))),
        ("a.json", json.dumps({"evenlight_preset": 1, "effects": [{}] * 33})),
    ],
)
def test_hostile_presets_are_told_at_once(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    begin = monotonic()
    with pytest.raises(ParamError, match=name) as told:
        load_preset(tmp_path / name)
    assert monotonic() - begin < 2
    assert len(str(told.value)) < len(str(tmp_path)) + 300


def test_yaml_may_repeat_itself_within_reason(tmp_path: Path) -> None:
    path = tmp_path / "look.yaml"
    path.write_text(
        "evenlight_preset: 1\neffects:\n"
        "- {effect: org.evenlight.deflicker, version: &v [1, 0], params: {radius: {1: 3, 9: 5}}}\n"
        "- {effect: org.evenlight.deblotch, version: *v, params: {}}\n"
    )
    chain = load_preset(path)
    assert chain.stages[0].animations["radius"].at(5) == 4
    assert len(chain.stages) == 2


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("radius", "write NAME=VALUE"),
        ("sharpness=1", "there is no parameter 'sharpness' of deflicker, deblotch"),
        ("restore.radius=1", "there is no parameter 'radius' of restore"),
        ("radius=99", "radius is 99"),
    ],
)
def test_wrong_settings_are_told(setting: str, sentence: str) -> None:
    with pytest.raises(ParamError, match=sentence):
        Graph.of("deflicker,deblotch").with_settings([setting])


def test_cuts_are_marked_for_every_effect() -> None:
    graph = Graph.of("deblotch,deflicker").with_settings(["deflicker.cut_here=7:on,9:off"])
    marked = graph.with_cuts([5, 6, 20])
    deblotch, deflicker = (stage.animations["cut_here"] for stage in marked.stages)
    assert [time for time in range(30) if deblotch.at(time)] == [5, 6, 20]
    assert [time for time in range(30) if deflicker.at(time)] == [5, 6, 7, 8, 20]
    assert marked.cuts(range(30)) == (5, 6, 20)
    assert graph.cuts(range(30)) == ()
