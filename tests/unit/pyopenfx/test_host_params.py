# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pyopenfx import Host, Instance, ParamError


@pytest.fixture
def instance(subjects) -> Iterator[Instance]:
    with Host(strict=True) as host:
        (plugin,) = host.load(subjects())
        with plugin.create() as made:
            made.clips["Source"].connect([np.ones((4, 5, 4), np.float32)] * 5)
            yield made
        assert host.report == []


def test_defaults_are_those_described(instance) -> None:
    values = {name: instance.params[name].value for name in ("gain", "radius", "mode", "enabled")}
    assert values == {"gain": 1.0, "radius": 0, "mode": 0, "enabled": True}
    assert instance.params["tint"].value == (0.0, 0.0, 0.0)


def test_a_value_reaches_the_plugin(instance) -> None:
    instance.params["gain"].set(0.5)
    assert instance.render(0)[0, 0, 0] == 0.5


def test_keys_are_linear_for_numbers_and_held_for_the_rest(instance) -> None:
    gain, enabled = instance.params["gain"], instance.params["enabled"]
    gain.set_key(1, 0.0)
    gain.set_key(3, 1.0)
    assert [gain.at(time) for time in (0, 1, 1.5, 3, 9)] == [0, 0, 0.25, 1, 1]
    assert gain.keys == {1.0: 0.0, 3.0: 1.0}
    assert instance.render(2)[0, 0, 0] == 0.5
    enabled.set_key(0, True)
    enabled.set_key(2, False)
    assert [enabled.at(time) for time in (0, 1.9, 2)] == [True, True, False]


def test_integers_round_between_keys(instance) -> None:
    radius = instance.params["radius"]
    radius.set_key(0, 0)
    radius.set_key(4, 2)
    assert [radius.at(time) for time in range(5)] == [0, 1, 1, 2, 2]


def test_deleting_keys_brings_the_value_back(instance) -> None:
    gain = instance.params["gain"]
    gain.set(0.25)
    gain.set_key(2, 4.0)
    gain.delete_key(2)
    assert (gain.keys, gain.value) == ({}, 0.25)
    with pytest.raises(ParamError, match="no key at 2"):
        gain.delete_key(2)


@pytest.mark.parametrize("value", ["In threads", "in_threads", 1])
def test_a_choice_goes_by_label_name_or_index(instance, value) -> None:
    instance.params["mode"].set(value)
    assert instance.params["mode"].value == 1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("gain", 5.0, "gain is 5; it must lie between 0 and 4"),
        ("gain", float("nan"), "gain is nan"),
        ("gain", "much", "takes a double"),
        ("mode", "Sideways", "must be one of Plain, In threads"),
        ("mode", 2, "must be one of"),
        ("tint", (1.0, 2.0), "takes 3 values"),
        ("reset", 1, "holds no value"),
    ],
)
def test_a_wrong_value_is_refused(instance, name: str, value: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        instance.params[name].set(value)


def test_an_unknown_name_is_refused(instance) -> None:
    with pytest.raises(ParamError, match="there are gain, radius"):
        instance.params["strength"]
    with pytest.raises(ParamError, match="there are Source, Output"):
        instance.clips["Mask"]


def test_a_button_is_pushed_and_its_message_read(instance) -> None:
    instance.params["gain"].set(0.5)
    instance.push("reset")
    assert instance.params["gain"].value == 1.0
    (message,) = instance.messages
    assert (message.kind, message.text) == ("OfxMessageMessage", "gain is 1 again")
    with pytest.raises(ParamError, match="no push button"):
        instance.push("gain")


def test_a_key_beside_the_value_is_what_the_plugin_sets(instance) -> None:
    gain = instance.params["gain"]
    gain.set_key(0, 0.5)
    instance.push("reset")  # sets the gain to 1 while it animates: a key at the current time
    assert gain.keys == {0.0: 1.0}
