// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "runtime/platform/descriptor.h"

namespace evenlight {

/// Memory that another process maps too, by the descriptor it is handed; no name, no file.
class SharedMemory {
public:
    explicit SharedMemory(std::size_t size);  // throws std::system_error
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&& other) noexcept;
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory();

    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const Descriptor& descriptor() const { return descriptor_; }
    void closeDescriptor() { descriptor_ = Descriptor(); }  // the mapping stays

private:
    Descriptor descriptor_;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace evenlight
