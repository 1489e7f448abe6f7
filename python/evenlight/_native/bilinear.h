// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

namespace evenlight::native {

/// Where a point lies between four cells, the border continued.
struct Bilinear {
    std::ptrdiff_t i00, i01, i10, i11;
    float w00, w01, w10, w11;

    Bilinear(float x, float y, std::ptrdiff_t height, std::ptrdiff_t width) {
        x = std::clamp(x, 0.0F, static_cast<float>(width - 1));
        y = std::clamp(y, 0.0F, static_cast<float>(height - 1));
        const auto x0 = static_cast<std::ptrdiff_t>(x);
        const auto y0 = static_cast<std::ptrdiff_t>(y);
        const std::ptrdiff_t x1 = std::min(x0 + 1, width - 1);
        const std::ptrdiff_t y1 = std::min(y0 + 1, height - 1);
        const float fx = x - static_cast<float>(x0);
        const float fy = y - static_cast<float>(y0);
        i00 = y0 * width + x0, i01 = y0 * width + x1, i10 = y1 * width + x0, i11 = y1 * width + x1;
        w00 = (1 - fx) * (1 - fy), w01 = fx * (1 - fy), w10 = (1 - fx) * fy, w11 = fx * fy;
    }

    [[nodiscard]] float sample(const float* picture, std::ptrdiff_t stride, int channel) const {
        return w00 * picture[i00 * stride + channel] + w01 * picture[i01 * stride + channel] +
               w10 * picture[i10 * stride + channel] + w11 * picture[i11 * stride + channel];
    }
};

/// The place (x, y); nothing outside the picture.
inline std::optional<Bilinear> inside(float x, float y, std::ptrdiff_t height,
                                      std::ptrdiff_t width) {
    if (!(x >= 0 && y >= 0 && x <= static_cast<float>(width - 1) &&
          y <= static_cast<float>(height - 1)))
        return std::nullopt;
    return Bilinear(x, y, height, width);
}

/// Goes on by `flow` from where `offset` has led from cell (x, y).
inline void goOn(float* offset, const float* flow, std::ptrdiff_t x, std::ptrdiff_t y,
                 std::ptrdiff_t height, std::ptrdiff_t width) {
    const Bilinear from(static_cast<float>(x) + offset[0], static_cast<float>(y) + offset[1],
                        height, width);
    offset[0] += from.sample(flow, 2, 0);
    offset[1] += from.sample(flow, 2, 1);
}

}  // namespace evenlight::native
