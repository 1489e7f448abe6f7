// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace evenlight::native {

void registerElementwise(pybind11::module_& module);
void registerLight(pybind11::module_& module);
void registerLinear(pybind11::module_& module);
void registerMatching(pybind11::module_& module);
void registerPixels(pybind11::module_& module);

}  // namespace evenlight::native
