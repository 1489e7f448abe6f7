// SPDX-License-Identifier: Apache-2.0
// Linear algebra in one order of operations, where BLAS and LAPACK choose theirs by the processor.
// Matrices lie row by row. The NumPy twin is tests/reference/linear.py.
#pragma once

#include <cstddef>

namespace evenlight::native {

/// product (rows, columns) += factor * left (rows, count) times right (count, columns).
void addProduct(double* product, const double* left, const double* right, double factor,
                std::size_t rows, std::size_t count, std::size_t columns);

/// Cholesky's factor of a symmetric positive matrix (n, n), in place; only the upper half is read
/// and written. A matrix that is not positive leaves NaN or infinity.
void factorise(double* matrix, std::size_t n);

/// Solves a system of which `factor` is Cholesky's, in place.
void substitute(const double* factor, double* right, std::size_t n);

/// The inverse of a symmetric positive matrix (n, n), which becomes its Cholesky factor, and the
/// logarithm of its determinant.
double invert(double* matrix, double* inverse, std::size_t n);

}  // namespace evenlight::native
