// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/memory.h"

#include <windows.h>

#include <algorithm>
#include <limits>

namespace evenlight {

std::uint64_t availableMemory() noexcept {
    MEMORYSTATUSEX memory{};
    memory.dwLength = sizeof memory;
    if (GlobalMemoryStatusEx(&memory) == 0) return std::numeric_limits<std::uint64_t>::max();
    return std::min<std::uint64_t>(memory.ullAvailPhys, memory.ullAvailPageFile);
}

}  // namespace evenlight
