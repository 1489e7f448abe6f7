// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace evenlight::native {

/// A switch of another library's code for one kind of processor, which belongs to the process, is
/// turned off by the first of the calls that must do without, whichever thread makes it. `isOn`
/// reads the switch, `turn` sets it, for the process and the calling thread.
void beginPlainCode(const pybind11::function& isOn, const pybind11::function& turn);

/// Of a call that began; the last one to end leaves the switch as the first one found it.
void endPlainCode(const pybind11::function& turn);

}  // namespace evenlight::native
