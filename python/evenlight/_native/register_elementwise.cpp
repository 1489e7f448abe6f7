// SPDX-License-Identifier: Apache-2.0
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "functions.h"
#include "register.h"

namespace py = pybind11;

namespace evenlight::native {
namespace {

constexpr std::array<std::pair<const char*, Function>, 10> kFunctions{
    {{"exp", Function::exp},
     {"exp2", Function::exp2},
     {"log", Function::log},
     {"log2", Function::log2},
     {"log1p", Function::log1p},
     {"power", Function::power},
     {"tanh", Function::tanh},
     {"sigmoid", Function::sigmoid},
     {"softplus", Function::softplus},
     {"cos_pi", Function::cosPi}}};

Function functionOf(const std::string& name) {
    for (const auto& [known, function] : kFunctions)
        if (name == known) return function;
    throw std::invalid_argument("no such function: " + name);
}

template <class Value>
py::array_t<Value> applied(const std::string& name,
                           const py::array_t<Value, py::array::c_style>& in, double parameter,
                           bool plain) {
    const Function function = functionOf(name);
    py::array_t<Value> out(std::vector<py::ssize_t>(in.shape(), in.shape() + in.ndim()));
    Value* to = out.mutable_data();
    {
        const py::gil_scoped_release unlocked;
        apply(function, in.data(), to, in.size(), parameter, plain);
    }
    return out;
}

template <class Value>
void define(py::module_& module) {
    using namespace py::literals;
    module.def("apply", &applied<Value>, "name"_a, "values"_a.noconvert(), "parameter"_a = 0.0,
               "plain"_a = false, "An elementary function of every value, in their own type.");
}

}  // namespace

void registerElementwise(py::module_& module) {
    define<float>(module);
    define<double>(module);
}

}  // namespace evenlight::native
