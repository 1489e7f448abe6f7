# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evenlight import EFFECTS, EvenlightError, Graph
from evenlight.animation import Animation
from evenlight.batch.job import split
from evenlight.farm.opencue import even_runs
from evenlight.farm.openjd import expression
from evenlight.graph import Stage
from evenlight.params import ParamSpec, unattended_specs
from evenlight.presets import data_of, graph_of

times = st.integers(-1000, 100000)


def values(spec: ParamSpec) -> st.SearchStrategy[Any]:
    if spec.kind is str:
        return st.sampled_from(["", "shot.evenlight"])
    if spec.slider is None:
        return st.booleans() if spec.kind is bool else st.sampled_from(list(spec.kind))  # type: ignore[call-overload]
    if spec.kind is int:
        return st.integers(int(spec.slider.low), int(spec.slider.high))
    return st.floats(spec.slider.low, spec.slider.high)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    stages = []
    for effect in draw(st.lists(st.sampled_from(EFFECTS), min_size=1, max_size=3)):
        animations = {}
        for spec in unattended_specs(effect.params):
            keys = sorted(draw(st.sets(times, max_size=3))) if spec.kind is not str else []
            drawn = tuple(draw(values(spec)) for _ in keys or [0])
            animations[spec.name] = Animation(spec, tuple(keys), drawn)
        stages.append(Stage(effect, animations))
    return Graph(tuple(stages))


@given(graphs())
def test_presets_keep_every_value(graph: Graph) -> None:
    assert graph_of(json.loads(json.dumps(data_of(graph)))) == graph


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@given(json_values, json_values, json_values)
def test_whatever_a_preset_holds_it_is_read_or_refused(
    effect: object, version: object, value: object
) -> None:
    whole = {"effect": "deflicker", "version": [1, 0], "params": {"radius": value}}
    for data in (
        value,
        {"evenlight_preset": 1, "effects": [effect]},
        {"evenlight_preset": 1, "effects": [{**whole, "version": version}]},
        {"evenlight_preset": 1, "effects": [whole]},
    ):
        try:
            graph_of(data)
        except EvenlightError:
            continue


@given(
    st.integers(-5, 5000), st.integers(1, 300), st.integers(1, 64), st.sets(st.integers(0, 6000))
)
def test_chunks_are_the_frames_in_order(first: int, length: int, size: int, cuts: set[int]) -> None:
    numbers = range(first, first + length)
    chunks = split(numbers, size, tuple(cuts))
    assert [number for chunk in chunks for number in chunk] == list(numbers)
    assert all(1 <= len(chunk) <= size for chunk in chunks)
    assert all(cut not in chunk[1:] for chunk in chunks for cut in cuts)
    again = [c for run, n in even_runs(chunks) for c in split(run, n)]
    assert again == list(chunks)


@given(st.sets(st.integers(0, 2000), min_size=1))
def test_range_expressions_say_the_numbers(numbers: set[int]) -> None:
    found = []
    for run in expression(sorted(numbers)).split(","):
        ends, _, step = run.partition(":")
        first, _, last = ends.partition("-")
        found += list(range(int(first), int(last or first) + 1, int(step or 1)))
    assert found == sorted(numbers)
