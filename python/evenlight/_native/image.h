// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace evenlight::native {

enum class Depth : std::uint8_t { byte, word, half, single };

/// Pixels that lie one after another within a row; rows may be padded or stored downwards.
template <class Byte>
struct BasicImage {
    Byte* data;               // first byte of the first row
    std::ptrdiff_t rowBytes;  // may be negative
    std::ptrdiff_t height, width, channels;
    Depth depth;

    [[nodiscard]] Byte* row(std::ptrdiff_t y) const { return data + y * rowBytes; }
};
using Image = BasicImage<const std::byte>;
using MutableImage = BasicImage<std::byte>;

}  // namespace evenlight::native
