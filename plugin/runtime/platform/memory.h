// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace evenlight {

/// Bytes that this process can still take before the system, or the group that it is held in, ends
/// a process for them; all that a number can say where that is not told.
[[nodiscard]] std::uint64_t availableMemory() noexcept;

}  // namespace evenlight
