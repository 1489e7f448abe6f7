// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace evenlight::native {

/// Threads that a call may use, the caller's among them.
[[nodiscard]] std::size_t threadCount() noexcept;
void setThreadCount(std::size_t count) noexcept;

/// Calls `body(first, last)` for ranges that together are 0..count, on several threads, and returns
/// when all are done. The results of `body` must not depend on the ranges; what it throws is
/// thrown.
void forRanges(std::ptrdiff_t count,
               const std::function<void(std::ptrdiff_t, std::ptrdiff_t)>& body);

}  // namespace evenlight::native
