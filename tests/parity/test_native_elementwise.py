# SPDX-License-Identifier: Apache-2.0
"""The compiled elementary functions: exact to the last bits, and the same bits with AVX2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.reference import elementwise as reference

from evenlight import _native
from evenlight.frames import Array
from evenlight.kernels import elementwise

#: Values to try, and the function itself in extended precision.
CASES: dict[str, tuple[Callable[[np.random.Generator], Array], Callable[[Array], Array]]] = {
    "exp": (lambda rng: rng.uniform(-740, 709, 20000), np.exp),
    "exp2": (lambda rng: rng.uniform(-1073, 1023, 20000), np.exp2),
    "log": (lambda rng: _many(rng, 700), np.log),
    "log2": (lambda rng: _many(rng, 700), np.log2),
    "log1p": (lambda rng: np.append(_many(rng, 30), -rng.uniform(0, 0.9, 5000)), np.log1p),
    "tanh": (lambda rng: np.append(_many(rng, 3), -_many(rng, 30)), np.tanh),
    "sigmoid": (lambda rng: rng.uniform(-40, 40, 20000), lambda x: 1 / (1 + np.exp(-x))),
    "softplus": (lambda rng: rng.uniform(-40, 40, 20000), lambda x: np.logaddexp(0, x)),
}
POWERS = (1 / 2.4, 2.4, -3.7, 0.5)
#: Units in the last place.
DOUBLE, SINGLE = 2.5, 0.51


def _many(rng: np.random.Generator, octaves: float) -> Array:
    near_1 = rng.uniform(0.5, 2, 10000)
    return np.concatenate([np.exp(rng.uniform(-octaves, octaves, 10000)), near_1])


def _distance(got: Array, want: Array) -> float:
    """Largest distance from the exact value, in units of the last place of what was got."""
    unit = np.spacing(np.abs(want.astype(got.dtype))).astype(np.longdouble)
    return float(np.max(np.abs(got.astype(np.longdouble) - want) / unit))


def _single(values: Array) -> Array:
    """Values of which float32 holds the function too."""
    return values[(np.abs(values) > 1e-30) & (np.abs(values) < 80)].astype(np.float32)


@pytest.mark.parametrize("name", CASES)
def test_functions_are_exact_to_the_last_bits(rng: np.random.Generator, name: str) -> None:
    make, exact = CASES[name]
    values = make(rng)
    for given, limit in ((values, DOUBLE), (_single(values), SINGLE)):
        got = getattr(elementwise, name)(given)
        assert got.dtype == given.dtype
        assert _distance(got, exact(given.astype(np.longdouble))) < limit


@pytest.mark.parametrize("exponent", POWERS)
def test_powers_are_exact_to_the_last_bits(rng: np.random.Generator, exponent: float) -> None:
    values = np.exp(rng.uniform(-20, 5, 20000))
    for given, limit in ((values, DOUBLE), (values.astype(np.float32), SINGLE)):
        want = given.astype(np.longdouble) ** np.longdouble(exponent)
        assert _distance(elementwise.power(given, exponent), want) < limit


def test_cosines_are_exact_to_the_last_bits_of_1(rng: np.random.Generator) -> None:
    turns = rng.uniform(-50, 50, 20000)
    pi = np.longdouble("3.14159265358979323846264338327950288")
    want = np.cos(pi * np.remainder(turns.astype(np.longdouble), 2))
    assert np.abs(elementwise.cos_pi(turns) - want).max() < 2.0**-52
    np.testing.assert_array_equal(
        elementwise.cos_pi(np.array([0, 0.5, 1, 1.5, 2])), [1, 0, -1, 0, 1]
    )


@pytest.mark.parametrize("depth", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*CASES, "cos_pi", "power"])
def test_every_bit_is_that_of_single_operations(
    rng: np.random.Generator, name: str, depth: type
) -> None:
    if name == "power":
        values = np.exp(rng.uniform(-20, 5, 20000)).astype(depth)
    else:
        values = CASES[name][0](rng) if name in CASES else rng.uniform(-5, 5, 20000)
        values = _single(values) if depth is np.float32 else values
    got = _native.apply(name, values, 2.4)
    want = reference.apply(name, values, 2.4)
    np.testing.assert_array_equal(got.view(np.uint8), want.view(np.uint8))
    plain = _native.apply(name, values, 2.4, plain=True)  # without AVX2
    np.testing.assert_array_equal(got.view(np.uint8), plain.view(np.uint8))


def test_ends_are_those_of_the_c_library() -> None:
    ends = np.array([0.0, -1.0, np.inf, -np.inf, np.nan, 5e-324, 1e-310, 1.0, 1e308])
    with np.errstate(all="ignore"):
        for name, (_, exact) in CASES.items():
            np.testing.assert_allclose(getattr(elementwise, name)(ends), exact(ends), rtol=1e-15)
        for exponent in (2.5, -2.5, 0.0):
            got, want = elementwise.power(ends[ends >= 0], exponent), ends[ends >= 0] ** exponent
            np.testing.assert_allclose(got, want, rtol=1e-15)
    assert np.isnan(elementwise.power(np.array([-1.0, np.nan]), 2.0)).all()


def test_shapes_and_kinds_are_kept() -> None:
    grid = np.ones((3, 4, 2), np.float32)[::2, ::-1]
    assert elementwise.exp(grid).shape == grid.shape
    assert elementwise.exp(grid).dtype == np.float32
    assert elementwise.exp(np.arange(3)).dtype == np.float64
    assert isinstance(elementwise.exp(0.5), np.float64)
    assert elementwise.exp(np.zeros((0, 3))).shape == (0, 3)


def test_threads_do_not_change_a_bit(rng: np.random.Generator) -> None:
    values = rng.random(200001, np.float32)
    many = elementwise.log(values)
    before = _native.threads()
    try:
        _native.set_threads(1)
        np.testing.assert_array_equal(elementwise.log(values), many)
    finally:
        _native.set_threads(before)
