// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace evenlight {

/// A file descriptor that is closed with its owner; -1 is none. Children do not inherit it.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    [[nodiscard]] int number() const { return number_; }

private:
    int number_ = -1;
};

}  // namespace evenlight
