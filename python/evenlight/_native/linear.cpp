// SPDX-License-Identifier: Apache-2.0
#include "linear.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "elementwise.h"
#include "multiversion.h"

namespace evenlight::native {

EVENLIGHT_MULTIVERSION void addProduct(double* __restrict product, const double* __restrict left,
                                       const double* __restrict right, double factor,
                                       std::size_t rows, std::size_t count, std::size_t columns) {
    for (std::size_t i = 0; i < rows; ++i) {
        double* __restrict row = product + i * columns;
        for (std::size_t n = 0; n < count; ++n) {
            const double* __restrict other = right + n * columns;
            const double share = factor * left[i * count + n];
            for (std::size_t j = 0; j < columns; ++j) row[j] += share * other[j];
        }
    }
}

EVENLIGHT_MULTIVERSION void factorise(double* __restrict matrix, std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) {
        double* __restrict row = matrix + j * n;
        const double root = 1.0 / std::sqrt(row[j]);
        for (std::size_t k = j; k < n; ++k) row[k] *= root;
        for (std::size_t i = j + 1; i < n; ++i) {
            double* __restrict lower = matrix + i * n;
            for (std::size_t k = i; k < n; ++k) lower[k] -= row[i] * row[k];
        }
    }
}

EVENLIGHT_MULTIVERSION void substitute(const double* __restrict factor, double* __restrict right,
                                       std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) {
        const double* row = factor + j * n;
        right[j] /= row[j];
        for (std::size_t k = j + 1; k < n; ++k) right[k] -= right[j] * row[k];
    }
    for (std::size_t j = n; j-- > 0;) {
        const double* row = factor + j * n;
        for (std::size_t k = j + 1; k < n; ++k) right[j] -= row[k] * right[k];
        right[j] /= row[j];
    }
}

double invert(double* matrix, double* inverse, std::size_t n) {
    factorise(matrix, n);
    double logarithm = 0.0;
    std::vector<double> column(n);
    for (std::size_t j = 0; j < n; ++j) {
        logarithm += logOf(matrix[j * n + j]);
        std::fill(column.begin(), column.end(), 0.0);
        column[j] = 1.0;
        substitute(matrix, column.data(), n);
        std::copy(column.begin(), column.end(), inverse + j * n);
    }
    return 2.0 * logarithm;
}

}  // namespace evenlight::native
