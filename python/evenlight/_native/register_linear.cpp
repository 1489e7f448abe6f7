// SPDX-License-Identifier: Apache-2.0
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "linear.h"
#include "register.h"

namespace py = pybind11;

namespace evenlight::native {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;

void require(bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(what);
}

std::size_t sideOf(const Doubles& matrix) {
    require(matrix.ndim() == 2 && matrix.shape(0) == matrix.shape(1), "the matrix must be square");
    return static_cast<std::size_t>(matrix.shape(0));
}

Doubles productOf(const Doubles& left, const Doubles& right) {
    require(left.ndim() == 2 && right.ndim() == 2 && left.shape(1) == right.shape(0),
            "the matrices do not fit");
    Doubles product({left.shape(0), right.shape(1)});
    double* to = product.mutable_data();
    std::fill_n(to, product.size(), 0.0);
    const auto rows = static_cast<std::size_t>(left.shape(0));
    const auto count = static_cast<std::size_t>(left.shape(1));
    const auto columns = static_cast<std::size_t>(right.shape(1));
    const py::gil_scoped_release unlocked;
    addProduct(to, left.data(), right.data(), 1.0, rows, count, columns);
    return product;
}

Doubles solutionOf(const Doubles& matrix, const Doubles& right) {
    const std::size_t side = sideOf(matrix);
    require(right.ndim() == 1 && right.shape(0) == matrix.shape(0), "the sides do not fit");
    std::vector<double> factor(matrix.data(), matrix.data() + matrix.size());
    Doubles solution(right.shape(0));
    double* to = solution.mutable_data();
    std::copy_n(right.data(), side, to);
    const py::gil_scoped_release unlocked;
    factorise(factor.data(), side);
    substitute(factor.data(), to, side);
    return solution;
}

py::tuple inverseOf(const Doubles& matrix) {
    const std::size_t side = sideOf(matrix);
    std::vector<double> factor(matrix.data(), matrix.data() + matrix.size());
    Doubles inverse({side, side});
    double* to = inverse.mutable_data();
    double logarithm = 0.0;
    {
        const py::gil_scoped_release unlocked;
        logarithm = invert(factor.data(), to, side);
    }
    return py::make_tuple(inverse, logarithm);
}

}  // namespace

void registerLinear(py::module_& module) {
    using namespace py::literals;
    module.def("product", &productOf, "left"_a, "right"_a, "Product of two matrices.");
    module.def("solve", &solutionOf, "matrix"_a, "right"_a,
               "Solution of a symmetric positive system.");
    module.def("inverse", &inverseOf, "matrix"_a,
               "Inverse of a symmetric positive matrix, and the logarithm of its determinant.");
}

}  // namespace evenlight::native
