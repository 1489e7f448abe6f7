// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runtime/interpreter.h"
#include "runtime/runtime.h"

namespace evenlight {

/// Renders in a Python process of ours, started at the first call. One that dies or falls silent is
/// started again and the frame rendered again, once; then ofx::Error says what to do.
[[nodiscard]] std::unique_ptr<Runtime> makeWorkerRuntime(const Interpreter& python);

}  // namespace evenlight
