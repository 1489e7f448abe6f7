// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/sample.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace evenlight::worker {
namespace {

constexpr int kSamples = 64;

/// FNV-1a (Fowler, Noll, Vo) over words, and the upper half folded in, which words leave alone.
class Digest {
public:
    void add(const std::byte* bytes, std::size_t size) {
        for (std::size_t done = 0; done < size; done += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + done, std::min(size - done, sizeof word));
            value_ = (value_ ^ word) * 0x100000001B3ULL;
            value_ ^= value_ >> 32U;
        }
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0xCBF29CE484222325ULL;
};

}  // namespace

std::uint64_t sampleOf(const ofx::PixelView& view) {
    const int down = std::max(1, view.height() / kSamples);
    const int along = std::max(1, view.width() / kSamples);
    const auto size = static_cast<std::size_t>(view.pixelBytes());
    Digest digest;
    for (int y = view.bounds.y1; y < view.bounds.y2; y += down)
        for (int x = view.bounds.x1; x < view.bounds.x2; x += along)
            digest.add(view.at(x, y), size);
    return digest.value();
}

}  // namespace evenlight::worker
