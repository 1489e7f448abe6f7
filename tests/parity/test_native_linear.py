# SPDX-License-Identifier: Apache-2.0
"""The compiled linear algebra gives what NumPy gives, in the order that is written down."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference import linear as reference

from evenlight.frames import Array
from evenlight.kernels import linear


def positive(rng: np.random.Generator, n: int) -> Array:
    """A symmetric positive matrix."""
    root = rng.normal(size=(n, n + 3))
    return reference.product(root, root.T)


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 7, 3), (81, 36, 81), (0, 4, 2)], ids=str)
def test_products_are_those_of_the_reference(
    rng: np.random.Generator, shape: tuple[int, int, int]
) -> None:
    left, right = rng.normal(size=shape[:2]), rng.normal(size=shape[1:])
    got = linear.product(left, right)
    np.testing.assert_array_equal(got, reference.product(left, right))
    np.testing.assert_allclose(got, left @ right, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("n", [1, 6, 36, 60])
def test_systems_are_solved_as_by_the_reference(rng: np.random.Generator, n: int) -> None:
    matrix, right = positive(rng, n), rng.normal(size=n)
    got = linear.solve(matrix, right)
    np.testing.assert_array_equal(got, reference.solve(matrix, right))
    np.testing.assert_allclose(got, np.linalg.solve(matrix, right), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("n", [1, 6, 81])
def test_inverses_and_determinants_are_those_of_lapack(rng: np.random.Generator, n: int) -> None:
    matrix = positive(rng, n)
    inverse, log_determinant = linear.inverse(matrix)
    np.testing.assert_allclose(inverse @ matrix, np.eye(n), atol=1e-8)
    np.testing.assert_array_equal(inverse[0], reference.solve(matrix, np.eye(n)[0]))
    assert log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1], abs=1e-10)


def test_views_are_taken_as_they_are(rng: np.random.Generator) -> None:
    matrix = rng.normal(size=(6, 8))[::2, ::-1]
    np.testing.assert_array_equal(
        linear.product(matrix, matrix.T), reference.product(matrix, matrix.T)
    )


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        linear.product(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="do not fit"):
        linear.solve(np.eye(3), np.ones(2))
    with pytest.raises(ValueError, match="square"):
        linear.inverse(np.ones((2, 3)))


def test_a_matrix_that_is_not_positive_gives_no_number() -> None:
    assert not np.isfinite(linear.solve(-np.eye(2), np.ones(2))).any()
