// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

namespace evenlight {

#ifdef _WIN32
using DescriptorNumber = std::intptr_t;  // what a HANDLE holds
#else
using DescriptorNumber = int;
#endif

/// A file descriptor, or on Windows a handle, that is closed with its owner; -1 is none. Children
/// do not inherit it.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(DescriptorNumber number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    [[nodiscard]] DescriptorNumber number() const { return number_; }

private:
    DescriptorNumber number_ = -1;
};

}  // namespace evenlight
