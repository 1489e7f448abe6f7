// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runtime/interpreter.h"
#include "runtime/runtime.h"

namespace evenlight {

/// Opens libpython with global symbols, the package's compiled module after it, and starts Python.
/// Throws std::exception with the reason where that cannot be done.
[[nodiscard]] std::unique_ptr<Runtime> makeEmbeddedRuntime(const Interpreter& python);

}  // namespace evenlight
