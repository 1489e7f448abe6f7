// SPDX-License-Identifier: Apache-2.0
// What shared memory is on every system; the folders beside make it.
#include "runtime/platform/shared_memory.h"

#include <string>

#include "runtime/platform/memory.h"

namespace evenlight {

LackOfMemory::LackOfMemory(std::size_t size)
    : std::runtime_error("there is not enough memory left to hand a picture of " +
                         std::to_string(size / 1'000'000 + 1) +
                         " MB to Evenlight's process; close other programs, or work at a lower"
                         " resolution") {}

/// A system that has run out of memory does not say no: it ends a process, and that may be the
/// host. So what is left is looked at first, and an eighth of it stays.
void SharedMemory::refuseTooMuch(std::size_t size) {
    const std::uint64_t available = availableMemory();
    if (size > available - available / 8) throw LackOfMemory(size);
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(other.size_) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

}  // namespace evenlight
