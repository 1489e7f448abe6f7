// SPDX-License-Identifier: Apache-2.0
#include "ofx/image.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "ofx/coords.h"
#include "ofx/error.h"

namespace evenlight::ofx {
namespace {

struct DepthName {
    const char* constant;
    Depth depth;
    const char* word;
};
constexpr std::array kDepths{
    DepthName{kOfxBitDepthByte, Depth::Byte, "8-bit"},
    DepthName{kOfxBitDepthShort, Depth::Short, "16-bit"},
    DepthName{kOfxBitDepthHalf, Depth::Half, "half"},
    DepthName{kOfxBitDepthFloat, Depth::Float, "float"},
};

struct ComponentsName {
    const char* constant;
    int channels;
    const char* word;
};
constexpr std::array kComponents{
    ComponentsName{kOfxImageComponentRGBA, 4, "RGBA"},
    ComponentsName{kOfxImageComponentRGB, 3, "RGB"},
    ComponentsName{kOfxImageComponentAlpha, 1, "Alpha"},
};

template <class Table>
const auto& find(const Table& table, const std::string& constant, const char* what) {
    for (const auto& row : table)
        if (constant == row.constant) return row;
    throw Error(kOfxStatFailed, std::string("The host hands over an image with the ") + what +
                                    " \"" + constant + "\", which Evenlight did not ask for.");
}

PixelView read(const PropertySet& image) {
    PixelView view;
    view.data = static_cast<std::byte*>(image.pointer(kOfxImagePropData));
    view.rowBytes = image.get(kOfxImagePropRowBytes, 0);
    view.bounds = {image.get(kOfxImagePropBounds, 0, 0), image.get(kOfxImagePropBounds, 0, 1),
                   image.get(kOfxImagePropBounds, 0, 2), image.get(kOfxImagePropBounds, 0, 3)};
    if (view.data == nullptr || isEmpty(view.bounds)) {
        view.bounds = {};
        return view;  // an unconnected clip may answer so, without naming components or depth
    }
    view.depth = find(kDepths, image.get(kOfxImageEffectPropPixelDepth, ""), "depth").depth;
    view.channels =
        find(kComponents, image.get(kOfxImageEffectPropComponents, ""), "components").channels;
    const std::ptrdiff_t needed = view.width() * view.pixelBytes();
    if (view.height() > 1 && std::abs(view.rowBytes) < needed)
        throw Error(kOfxStatFailed, "The host hands over an image whose rows of " +
                                        std::to_string(needed) + " bytes lie only " +
                                        std::to_string(view.rowBytes) + " bytes apart.");
    return view;
}

}  // namespace

Image::Image(const Suites& suites, ImageHandle handle)
    : suites_(&suites), handle_(std::move(handle)), pixels_(read(properties())) {}

std::string Image::identifier() const {
    return properties().get(kOfxImagePropUniqueIdentifier, "");
}

bool Image::isPremultiplied() const {
    return pixels_.channels == 4 &&
           properties().get(kOfxImageEffectPropPreMultiplication, "") == kOfxImagePreMultiplied;
}

bool Image::isFullScale() const {
    const PropertySet own = properties();
    return own.get(kOfxImageEffectPropRenderScale, 1.0, 0) == 1.0 &&
           own.get(kOfxImageEffectPropRenderScale, 1.0, 1) == 1.0;
}

bool Image::isSame(const Image& other) const {
    return handle_ == other.handle_ || pixels_.data == other.pixels_.data;
}

std::string describePixels(const PixelView& pixels) {
    std::string text;
    for (const ComponentsName& row : kComponents)
        if (row.channels == pixels.channels) text = row.word;
    for (const DepthName& row : kDepths)
        if (row.depth == pixels.depth) text += std::string(" ") + row.word;
    return text;
}

}  // namespace evenlight::ofx
