// SPDX-License-Identifier: Apache-2.0
#include "convert.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "multiversion.h"

namespace evenlight::native {

namespace {

constexpr std::uint32_t kSign = 0x80000000U;
constexpr std::uint32_t kInfinity = 0x7F800000U;

float asFloat(std::uint32_t bits) {
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

std::uint32_t asBits(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

// A half is 1 sign, 5 exponent (bias 15) and 10 mantissa bits; a float 1, 8 (bias 127) and 23.
// Multiplying by 2^112 moves the bias, and makes subnormal halves normal on the way.
float fromHalf(std::uint32_t half) {
    const std::uint32_t size = (half & 0x7FFFU) << 13U;
    const std::uint32_t finite = asBits(asFloat(size) * 0x1p112F);
    const std::uint32_t special = size | kInfinity;
    return asFloat((size >= 0x0F800000U ? special : finite) | (half & 0x8000U) << 16U);
}

std::uint32_t toHalf(float value) {
    const std::uint32_t bits = asBits(value) & ~kSign;
    // Round the 13 bits that a half lacks to nearest even, then move the bias.
    const std::uint32_t normal = (bits + 0x0FFFU + (bits >> 13U & 1U) - (112U << 23U)) >> 13U;
    // Below 2^-14 the sum with 0.5 leaves the subnormal half in the low bits, rounded the same way.
    const std::uint32_t subnormal = asBits(asFloat(bits) + 0.5F) - 0x3F000000U;
    const std::uint32_t finite =
        std::min<std::uint32_t>(bits < 0x38800000U ? subnormal : normal, 0x7BFFU);
    // A NaN whose upper mantissa bits are all clear must not turn into infinity.
    const std::uint32_t upper = bits >> 13U & 0x03FFU;
    const std::uint32_t quiet = (bits > kInfinity) & (upper == 0) ? 0x0200U : 0U;
    const std::uint32_t special = 0x7C00U | upper | quiet;
    return (bits >= kInfinity ? special : finite) | (asBits(value) & kSign) >> 16U;
}

EVENLIGHT_MULTIVERSION void loadBytes(const std::uint8_t* from, std::ptrdiff_t count, float* to) {
    for (std::ptrdiff_t i = 0; i < count; ++i)
        to[i] = static_cast<float>(from[i]) * (1.0F / 255.0F);
}

EVENLIGHT_MULTIVERSION void loadWords(const std::uint16_t* from, std::ptrdiff_t count, float* to) {
    for (std::ptrdiff_t i = 0; i < count; ++i)
        to[i] = static_cast<float>(from[i]) * (1.0F / 65535.0F);
}

EVENLIGHT_MULTIVERSION void loadHalves(const std::uint16_t* from, std::ptrdiff_t count, float* to) {
    for (std::ptrdiff_t i = 0; i < count; ++i) to[i] = fromHalf(from[i]);
}

EVENLIGHT_MULTIVERSION void storeBytes(const float* from, std::ptrdiff_t count, std::uint8_t* to) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float level = std::min(std::max(from[i], 0.0F), 1.0F) * 255.0F + 0.5F;
        to[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(level));
    }
}

EVENLIGHT_MULTIVERSION void storeWords(const float* from, std::ptrdiff_t count, std::uint16_t* to) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float level = std::min(std::max(from[i], 0.0F), 1.0F) * 65535.0F + 0.5F;
        to[i] = static_cast<std::uint16_t>(static_cast<std::int32_t>(level));
    }
}

EVENLIGHT_MULTIVERSION void storeHalves(const float* from, std::ptrdiff_t count,
                                        std::uint16_t* to) {
    for (std::ptrdiff_t i = 0; i < count; ++i) to[i] = static_cast<std::uint16_t>(toHalf(from[i]));
}

template <class Value>
const Value* values(const std::byte* row) {
    return reinterpret_cast<const Value*>(row);
}

template <class Value>
Value* values(std::byte* row) {
    return reinterpret_cast<Value*>(row);
}

}  // namespace

std::ptrdiff_t valueBytes(Depth depth) noexcept {
    switch (depth) {
        case Depth::byte:
            return 1;
        case Depth::word:
        case Depth::half:
            return 2;
        case Depth::single:
            break;
    }
    return 4;
}

void load(const std::byte* from, Depth depth, std::ptrdiff_t count, float* to) {
    switch (depth) {
        case Depth::byte:
            return loadBytes(values<std::uint8_t>(from), count, to);
        case Depth::word:
            return loadWords(values<std::uint16_t>(from), count, to);
        case Depth::half:
            return loadHalves(values<std::uint16_t>(from), count, to);
        case Depth::single:
            break;
    }
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
}

void store(const float* from, Depth depth, std::ptrdiff_t count, std::byte* to) {
    switch (depth) {
        case Depth::byte:
            return storeBytes(from, count, values<std::uint8_t>(to));
        case Depth::word:
            return storeWords(from, count, values<std::uint16_t>(to));
        case Depth::half:
            return storeHalves(from, count, values<std::uint16_t>(to));
        case Depth::single:
            break;
    }
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
}

}  // namespace evenlight::native
