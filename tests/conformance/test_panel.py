# SPDX-License-Identifier: Apache-2.0
"""The panel in a host: presets, their files, Auto. What they do is only to set parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evenlight.effects import EFFECTS, Deflicker, Restore
from evenlight.frames import Array
from evenlight.params import param_specs
from evenlight.shelf import shipped
from pyopenfx import ActionError, Host, Instance

CUSTOM, DEFAULTS = 0, 1
COUNT = 26


def clip(gains: Array) -> list[Array]:
    rng = np.random.default_rng(3)
    coarse = rng.random((6, 10, 3)).astype(np.float32)
    picture = np.kron(coarse, np.ones((8, 8, 1), np.float32)) * 0.5 + 0.2
    alpha = np.ones((*picture.shape[:2], 1), np.float32)
    return [np.concatenate([picture * gain, alpha], axis=2).astype(np.float32) for gain in gains]


FLICKERING = 1 + 0.15 * np.random.default_rng(1).uniform(-1, 1, COUNT)


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with Host(strict=True) as opened:
        yield opened


def opened(host: Host, bundle: Path, effect: type, frames: list[Array]) -> Instance:
    plugin = next(p for p in host.load(bundle) if p.identifier == effect.identifier)  # type: ignore[attr-defined]
    instance = plugin.create("Filter")
    instance.clips["Source"].connect(frames)
    return instance


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.label)
def test_the_choice_lists_what_is_shipped_for_the_effect(
    host: Host, bundle: Path, effect: type
) -> None:
    with opened(host, bundle, effect, clip(np.ones(2))) as instance:
        options = instance.params["preset"].describe().choices
        wanted = [
            preset.name
            for preset in shipped()
            if any(stage.effect is effect for graph in preset.graphs for stage in graph.stages)
        ]
        assert list(options) == ["Custom", "Defaults", *wanted]


def test_a_preset_sets_what_the_command_line_takes_from_it(host: Host, bundle: Path) -> None:
    with opened(host, bundle, Restore, clip(np.ones(2))) as instance:
        options = list(instance.params["preset"].describe().choices)
        instance.params["preset"].set(options.index("Old film strong"))
        strong = next(p for p in shipped() if p.name == "Old film strong").of(Restore).stages[0]
        for spec in param_specs(Restore.params):
            if spec.kind is float and not spec.kept:
                wanted = strong.animations[spec.name].at(0)
                assert instance.params[spec.name].value == pytest.approx(wanted), spec.name
        assert instance.params["preset"].value == options.index("Old film strong")
        instance.params["sensitivity"].set(0.2)
        assert instance.params["preset"].value == CUSTOM
        instance.params["preset"].set(DEFAULTS)
        assert instance.params["sensitivity"].value == 0.5


def test_a_preset_file_is_saved_and_loaded(host: Host, bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "look with spaces.json"
    with opened(host, bundle, Deflicker, clip(np.ones(2))) as instance:
        instance.params["strength"].set(0.25)
        instance.params["preset_file"].set(str(path))
        instance.push("save_preset")
        stored = json.loads(path.read_text())["effects"][0]
        assert stored["params"]["strength"] == 0.25
        assert stored["params"]["analysis"] == ""
        instance.params["strength"].set(1.0)
        instance.push("load_preset")
        assert instance.params["strength"].value == 0.25
        assert instance.params["note"].value == "look with spaces.json is loaded."
        path.write_text("no preset")
        with pytest.raises(ActionError, match="no JSON"):
            instance.push("load_preset")
        assert "no JSON" in instance.persistent_message
        assert instance.params["strength"].value == 0.25


def test_auto_tells_a_clip_that_flickers_from_one_that_does_not(host: Host, bundle: Path) -> None:
    with opened(host, bundle, Restore, clip(FLICKERING)) as instance:
        instance.push("auto_settings")
        assert instance.params["flicker"].value == 1
        assert instance.params["repair"].value == 0
        assert "jumps by" in instance.params["note"].value
        assert instance.params["preset"].value == CUSTOM
    with opened(host, bundle, Restore, clip(np.ones(COUNT))) as instance:
        instance.push("auto_settings")
        assert (instance.params["flicker"].value, instance.params["repair"].value) == (0, 0)
        assert instance.is_identity(3) is not None
        lines = instance.params["note"].value.splitlines()
        assert max(map(len, lines)) <= 60  # hosts cut what is wider than their panel
        wanted = "The clip shows neither flicker nor dirt. So Restore leaves it as it is."
        assert " ".join(lines) == wanted
