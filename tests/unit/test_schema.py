# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenlight import schema
from evenlight.effects import EFFECTS
from evenlight.params import param_specs

ROOT = Path(__file__).resolve().parents[2]
STALE = "is stale; run `make update`"


def test_the_plugins_table_is_up_to_date() -> None:
    assert (ROOT / schema.TABLE).read_text() == schema.effects_inc(), f"{schema.TABLE} {STALE}"


def test_the_document_of_the_effects_is_up_to_date() -> None:
    written = (ROOT / schema.DOCUMENT).read_text()
    assert written == schema.effects_markdown(), f"{schema.DOCUMENT} {STALE}"


def test_update_writes_what_is_compared(tmp_path: Path) -> None:
    for path in (schema.TABLE, schema.DOCUMENT):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    schema.update(tmp_path)
    assert (tmp_path / schema.TABLE).read_text() == schema.effects_inc()
    assert (tmp_path / schema.DOCUMENT).read_text() == schema.effects_markdown()


def test_json_names_every_parameter() -> None:
    effects = json.loads(schema.effects_json())
    assert [e["identifier"] for e in effects] == [e.identifier for e in EFFECTS]
    for described, effect in zip(effects, EFFECTS, strict=True):
        assert [p["name"] for p in described["params"]] == [
            spec.name for spec in param_specs(effect.params)
        ]


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda e: e.label)
def test_no_parameter_is_named_like_a_hosts_own(effect: type) -> None:
    # Natron adds knobs of its own to every node (hosts keep these names for themselves).
    taken = {"R", "G", "B", "A", "channels", "disableNode", "nodeLabel", "mix", "label", "name"}
    assert not taken & {spec.name for spec in param_specs(effect.params)}


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda e: e.label)
def test_identity_and_window_name_declared_parameters(effect: type) -> None:
    specs = {spec.name: spec for spec in param_specs(effect.params)}
    for name, value in effect.identity.items():
        assert specs[name].coerce(value) == value
    assert specs[effect.window.before].kind is int
    assert specs[effect.window.after].kind is int
    assert not effect.window.times or specs[effect.window.times].kind is int


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda e: e.label)
def test_every_parameter_has_a_hint_that_ends_a_sentence(effect: type) -> None:
    for spec in param_specs(effect.params):
        assert spec.doc.text.endswith("."), spec.name
        assert spec.coerce(spec.default) == spec.default
