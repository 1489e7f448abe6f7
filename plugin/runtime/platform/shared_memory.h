// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <stdexcept>

#include "runtime/platform/descriptor.h"

namespace evenlight {

/// There is too little memory left; what it says is for the artist.
class LackOfMemory : public std::runtime_error {
public:
    explicit LackOfMemory(std::size_t size);
};

/// Memory that another process maps too, by the descriptor it is handed; no name, no file, and of
/// one size for ever.
class SharedMemory {
public:
    explicit SharedMemory(std::size_t size);  // throws LackOfMemory and std::system_error
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
    static void refuseTooMuch(std::size_t size);  // throws LackOfMemory

    Descriptor descriptor_;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace evenlight
