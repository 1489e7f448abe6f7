// SPDX-License-Identifier: Apache-2.0
#include "effect/image_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace evenlight {
namespace {

constexpr int kSamples = 64;  // rows, and pixels of each
constexpr int kStagger = 8;   // rows after which samples stand below each other again
constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t kFactor = 0xff51afd7ed558ccdULL;
constexpr int kShift = 29;
constexpr std::size_t kMostNames = 1 << 14;  // of the images seen last, roughly

std::uint64_t mixed(std::uint64_t digest, const std::byte* bytes, std::size_t size) {
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + at, std::min(sizeof word, size - at));
        digest = (digest ^ word) * kFactor;
        digest ^= digest >> kShift;
    }
    return digest;
}

std::uint64_t sampleOf(const ofx::PixelView& view) {
    const std::int64_t height = view.height();
    const std::int64_t width = view.width();
    const std::int64_t rows = std::min<std::int64_t>(height, kSamples);
    const std::int64_t columns = std::min<std::int64_t>(width, kSamples);
    const auto size = static_cast<std::size_t>(view.pixelBytes());
    std::uint64_t digest = kSeed;
    for (std::int64_t row = 0; row < rows; ++row) {
        const int y = view.bounds.y1 + static_cast<int>(row * height / rows);
        const std::int64_t shift = (row % kStagger) * width / kStagger;
        for (std::int64_t column = 0; column < columns; ++column) {
            const std::int64_t along = (column * width + shift) / columns;
            digest = mixed(digest, view.at(view.bounds.x1 + static_cast<int>(along), y), size);
        }
    }
    return digest;
}

}  // namespace

std::string ImageNames::nameOf(const ofx::Image& image) {
    const std::string name = image.identifier();
    if (name.empty() || !image.isFullScale()) return {};
    return nameOf(name, sampleOf(image.pixels()));
}

std::string ImageNames::nameOf(const std::string& name, std::uint64_t sample) {
    {
        const std::scoped_lock lock(mutex_);
        if (samples_.size() >= kMostNames) samples_.clear();
        isHonest_ = isHonest_ && samples_.try_emplace(name, sample).first->second == sample;
        if (!isHonest_) return {};
    }
    std::array<char, 2 * sizeof(std::uint64_t) + 1> digest{};
    std::snprintf(digest.data(), digest.size(), "%016llx", static_cast<unsigned long long>(sample));
    return name + ' ' + digest.data();
}

}  // namespace evenlight
