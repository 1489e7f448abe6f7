// SPDX-License-Identifier: Apache-2.0
#include "fake_host.h"

#include <array>
#include <cstdlib>
#include <cstring>

#include "fake_suites.h"

namespace fake {
namespace {

constexpr std::byte kPattern{0xA5};

const char* depthName(evenlight::ofx::Depth depth) {
    constexpr std::array kNames{kOfxBitDepthByte, kOfxBitDepthShort, kOfxBitDepthHalf,
                                kOfxBitDepthFloat};
    return kNames.at(static_cast<std::size_t>(depth));
}

const char* componentsName(int channels) {
    return channels == 4   ? kOfxImageComponentRGBA
           : channels == 3 ? kOfxImageComponentRGB
                           : kOfxImageComponentAlpha;
}

}  // namespace

std::vector<std::string> Properties::strings(const std::string& name) const {
    std::vector<std::string> all;
    const auto found = values.find(name);
    if (found == values.end()) return all;
    for (const Value& value : found->second) all.push_back(std::get<std::string>(value));
    return all;
}

Image::Image(const ImageOptions& options) {
    pixels_.bounds = options.bounds;
    pixels_.channels = options.channels;
    pixels_.depth = options.depth;
    const std::ptrdiff_t stride = pixels_.width() * pixels_.pixelBytes() + options.padding;
    memory_.assign(static_cast<std::size_t>(stride * pixels_.height()), kPattern);
    pixels_.rowBytes = options.isDownwards ? -stride : stride;
    pixels_.data = memory_.data() + (options.isDownwards ? stride * (pixels_.height() - 1) : 0);
    const OfxRectI& b = pixels_.bounds;
    values[kOfxImagePropData] = {static_cast<void*>(pixels_.data)};
    values[kOfxImagePropRowBytes] = {static_cast<int>(pixels_.rowBytes)};
    values[kOfxImagePropBounds] = {b.x1, b.y1, b.x2, b.y2};
    values[kOfxImageEffectPropPixelDepth] = {std::string(depthName(options.depth))};
    values[kOfxImageEffectPropComponents] = {std::string(componentsName(options.channels))};
    values[kOfxImagePropUniqueIdentifier] = {std::string("image")};
    values[kOfxImageEffectPropPreMultiplication] = {std::string(kOfxImageUnPreMultiplied)};
    if (options.depth == evenlight::ofx::Depth::Float) fill(0);
}

float& Image::at(int x, int y, int channel) const {
    return reinterpret_cast<float*>(pixels_.at(x, y))[channel];
}

void Image::fill(float value) const {
    const OfxRectI& b = pixels_.bounds;
    for (int y = b.y1; y < b.y2; ++y)
        for (int x = b.x1; x < b.x2; ++x)
            for (int c = 0; c < pixels_.channels; ++c) at(x, y, c) = value;
}

bool Image::isPaddingUntouched() const {
    const std::ptrdiff_t used = pixels_.width() * pixels_.pixelBytes();
    const std::ptrdiff_t stride = std::abs(pixels_.rowBytes);
    for (std::ptrdiff_t row = 0; row < pixels_.height(); ++row)
        for (std::ptrdiff_t i = used; i < stride; ++i)
            if (memory_[static_cast<std::size_t>(row * stride + i)] != kPattern) return false;
    return true;
}

Host::Host() : host{properties.handle(), fetchSuite} {
    current = this;
    properties.values[kOfxPropName] = {std::string("org.example.host")};
    properties.values[kOfxImageEffectPropTemporalClipAccess] = {1};
    properties.values[kOfxImageEffectPropSupportedPixelDepths] = {
        std::string(kOfxBitDepthByte), std::string(kOfxBitDepthShort),
        std::string(kOfxBitDepthHalf), std::string(kOfxBitDepthFloat)};
}

evenlight::ofx::Suites Host::suites() {
    return evenlight::ofx::fetchSuites(&host).value_or(evenlight::ofx::Suites{});
}

}  // namespace fake
