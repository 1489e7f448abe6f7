# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evenlight import ParamError
from evenlight.auto.sight import RUN, RUNS, Sight, paths, runs_of
from evenlight.auto.suit import advise
from evenlight.auto.verdict import verdict
from evenlight.effects import Deblotch, Deflicker, Restore
from evenlight.frames import Array
from evenlight.graph import Graph, Stage

COUNT = 48


def seen(light: Array, hue: Array | None = None, **more: object) -> Sight:
    """A run whose light follows a path (n,) in stops."""
    steps = np.diff(light)[:, None].repeat(3, axis=1)
    if hue is not None:
        steps = steps + np.diff(hue)[:, None] * [1, 0, -1]
    rows = [[]] + [[*map(float, s), *map(float, -s), *map(float, -s)] for s in steps]  # type: ignore[misc]
    nothing = Sight(
        first=1, frames=len(light), cuts=0, held=0, steps=rows, noise=0.001, local=[0.0] * 6,
        rows=[0.0] * 6, columns=[0.0] * 6, beside=[[0.0] * 8] * 6, blotches=[0.0] * 2,
        dirt=[0.0] * 2, weave=0.0, combing=0.7, borders=[0.0] * 4,
    )  # fmt: skip
    return replace(nothing, **more)  # type: ignore[arg-type]


STILL = np.zeros(COUNT)
JUMPS = np.random.default_rng(1).normal(0, 0.1, COUNT)
WAVE = 0.05 * np.sin(2 * np.pi * np.arange(COUNT) / 10)
CHUNKS = np.where(np.arange(COUNT) < 30, 0.0, 0.1)
TINTED = np.where(np.arange(COUNT) < 30, 0.0, 0.03)  # in opposite ways in two channels


def laid(
    alike: float = 0.0, waves: float = 0.0, rows: float = 0.0, columns: float = 0.0, *, left: float
) -> list[list[float]]:
    """Six frames laid beside their neighbours; bands across are waves, and are left in part."""
    across = [alike, waves + columns, rows, left + columns / 2]
    along = [alike, waves + rows, columns, left + rows / 2]
    return [[*across, *along]] * 6


@pytest.mark.parametrize(
    ("sight", "kind"),
    [
        (seen(STILL), "clean"),
        (seen(JUMPS), "flicker"),
        (seen(0.3 * JUMPS, hue=JUMPS), "colour flicker"),
        (seen(WAVE), "wander"),
        (seen(CHUNKS), "joins"),
        (seen(STILL, local=[0.05, 0.0, 0.05, 0.06, 0.05, 0.05]), "local flicker"),
        (seen(STILL, rows=[0.1] * 6, local=[0.02] * 6), "bands"),
        (seen(STILL, beside=laid(rows=0.1, waves=0.02, left=0.05)), "bands"),  # that roll slowly
        (seen(STILL, beside=laid(columns=0.1, left=0.01)), "bands"),
        (seen(JUMPS, beside=laid(waves=0.1, left=0.05)), "local flicker"),  # of a moving camera
        (seen(STILL, beside=laid(waves=0.1, rows=0.1, left=0.1)), "clean"),  # feigned by motion
        (seen(JUMPS, beside=laid(alike=0.3, waves=0.1, left=0.01)), "flicker"),  # and contrast
        (seen(STILL, hue=TINTED), "joins"),
        (seen(0.2 * JUMPS, hue=2 * TINTED, noise=0.03), "joins"),  # of a moving camera
        (seen(WAVE + CHUNKS), "wander"),
        (seen(STILL, blotches=[12.0, 9.0]), "dirt"),
        (seen(JUMPS, blotches=[12.0, 9.0]), "flicker and dirt"),
        (seen(np.linspace(0, 2, COUNT)), "clean"),  # a fade
        (seen(STILL, local=[0.2, 0.0, 0.0, 0.0, 0.0, 0.0]), "clean"),  # of one frame alone
        (seen(STILL, blotches=[0.0, 9.0, 9.0, 0.0]), "clean"),  # frames of fast motion
        (seen(STILL, blotches=[1.0, 1.0, 1.0, 2.0]), "clean"),
        (seen(WAVE, noise=0.012), "clean"),  # noise adds up as far
        (seen(WAVE, noise=0.05), "clean"),  # that a moving camera makes as well
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_kind_is_told_by_its_measures(sight: Sight, kind: str) -> None:
    assert verdict([sight]).kind == kind


def test_a_clean_clip_is_left_as_it_is_by_every_effect() -> None:
    for effect in (Deflicker, Deblotch, Restore):
        advice = advise(verdict([seen(STILL)]), effect)
        stage = advice.applied(Stage.default(effect))
        assert all(stage.animations[name].at(0) == value for name, value in effect.identity.items())
        assert advice.sentence.count(".") == 2
        assert advice.sentence.endswith("leaves it as it is.")


@pytest.mark.parametrize(("way", "word"), [("rows", "rows"), ("columns", "columns")])
def test_bands_are_told_their_way_by_two_frames(way: str, word: str) -> None:
    found = verdict([seen(STILL, beside=laid(left=0.02, **{way: 0.1}))])
    assert advise(found, Restore).values["bands"] == word


def test_what_is_set_follows_what_is_seen() -> None:
    bands = verdict([seen(STILL, columns=[0.1] * 6, blotches=[5.0, 7.0])])
    values = advise(bands, Restore).values
    assert (values["flicker"], values["repair"], values["bands"]) == (1, 1, "columns")
    assert "strength" not in values
    assert advise(bands, Deblotch).values["strength"] == 1
    assert "about 6 blotches" in advise(bands, Restore).sentence
    assert advise(verdict([seen(STILL, local=[0.1] * 6)]), Restore).values["bands"] == "off"
    joins = advise(verdict([seen(CHUNKS)]), Deflicker)
    assert joins.values["joins"] == "even_out"
    assert "1 join of chunks" in joins.sentence
    assert advise(verdict([seen(JUMPS)]), Deflicker).values["local"] == 1


def test_where_light_is_measured_too_coarsely_to_tell_the_repair_judges() -> None:
    for noise, strength in ((0.001, 0), (0.02, 1)):
        found = verdict([seen(STILL, noise=noise)])
        assert found.kind == "clean"
        advice = advise(found, Deflicker)
        assert advice.values["strength"] == strength
        assert advice.sentence.endswith("where it is sure." if strength else "leaves it as it is.")
        assert advise(found, Deblotch).values["strength"] == 0


def test_under_bands_that_roll_slowly_light_is_held_steady() -> None:
    for more, steadiness in (
        ({"rows": [0.1] * 6, "beside": laid(rows=0.1, left=0.01)}, 0.5),
        ({"beside": laid(rows=0.1, left=0.01)}, 0.8),  # the repair does not see them otherwise
    ):
        values = advise(verdict([seen(STILL, **more)]), Restore).values
        assert (values["steadiness"], values["resolution"]) == (steadiness, 4)


def test_a_wander_is_left_to_the_usual_steadiness() -> None:
    """More of it leaves more of what old films wander by."""
    found = verdict([seen(3 * WAVE, noise=0.001)])
    assert found.kind == "wander"
    assert advise(found, Restore).values["steadiness"] == 0.5


def test_a_sight_travels_as_a_line() -> None:
    sight = seen(JUMPS, blotches=[1.0])
    assert "\n" not in sight.text
    assert Sight.read(sight.text) == sight
    for line in ("{}", "[1]", "nonsense"):
        with pytest.raises(ParamError):
            Sight.read(line)


def test_runs_cover_a_short_clip_and_are_spread_over_a_long_one() -> None:
    assert runs_of(range(1, 6)) == (range(1, 6),)
    assert runs_of(range(1, 50)) == (range(1, 26), range(25, 50))
    long = runs_of(range(100, 5000))
    assert len(long) == RUNS
    assert long[0].start == 100
    assert long[-1].stop == 5000
    assert all(len(run) in (RUN, RUN + 1) for run in long)


def test_paths_go_on_through_runs_that_follow_each_other() -> None:
    first, second = seen(JUMPS[:25]), replace(seen(JUMPS[24:]), first=25)
    (path,) = paths([first, second])
    np.testing.assert_allclose(path[:, 0], np.diff(JUMPS))
    assert len(paths([first, replace(second, first=99)])) == 2


def test_advice_makes_a_chain_that_presets_can_hold() -> None:
    from evenlight.presets import data_of, graph_of

    stage = advise(verdict([seen(JUMPS)]), Restore).applied(Stage.default(Restore))
    assert graph_of(data_of(Graph((stage,)))) == Graph((stage,))
