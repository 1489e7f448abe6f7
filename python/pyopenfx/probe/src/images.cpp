// SPDX-License-Identifier: Apache-2.0
#include "images.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "record.h"

namespace probe {
namespace {

const char* const kClips[] = {kOfxImageEffectSimpleSourceClipName, "Mask",
                              kOfxImageEffectOutputClipName};

struct Image {
    OfxPropertySetHandle handle = nullptr;
    char* data = nullptr;
    int rowBytes = 0;
    OfxRectI bounds = {0, 0, 0, 0};
    int pixelBytes = 0;

    char* row(int y) const { return data + static_cast<std::ptrdiff_t>(y - bounds.y1) * rowBytes; }
};

int channelsOf(const char* components) {
    if (!components) return 0;
    if (!std::strcmp(components, kOfxImageComponentRGBA)) return 4;
    if (!std::strcmp(components, kOfxImageComponentRGB)) return 3;
    return std::strcmp(components, kOfxImageComponentAlpha) == 0 ? 1 : 0;
}

int bytesOf(const char* depth) {
    if (!depth) return 0;
    if (!std::strcmp(depth, kOfxBitDepthByte)) return 1;
    if (!std::strcmp(depth, kOfxBitDepthFloat)) return 4;
    const bool two =
        !std::strcmp(depth, kOfxBitDepthShort) || !std::strcmp(depth, kOfxBitDepthHalf);
    return two ? 2 : 0;
}

Image read(const Suites& suites, OfxPropertySetHandle handle) {
    Image image;
    image.handle = handle;
    void* data = nullptr;
    char* components = nullptr;
    char* depth = nullptr;
    int bounds[4] = {0, 0, 0, 0};
    const OfxPropertySuiteV1& property = *suites.property;
    property.propGetPointer(handle, kOfxImagePropData, 0, &data);
    property.propGetInt(handle, kOfxImagePropRowBytes, 0, &image.rowBytes);
    property.propGetIntN(handle, kOfxImagePropBounds, 4, bounds);
    property.propGetString(handle, kOfxImageEffectPropComponents, 0, &components);
    property.propGetString(handle, kOfxImageEffectPropPixelDepth, 0, &depth);
    image.data = static_cast<char*>(data);
    image.bounds = {bounds[0], bounds[1], bounds[2], bounds[3]};
    image.pixelBytes = channelsOf(components) * bytesOf(depth);
    return image;
}

/// Whether its rows can be walked without leaving what the host describes.
bool isSound(const Image& image) {
    const std::int64_t width = static_cast<std::int64_t>(image.bounds.x2) - image.bounds.x1;
    return image.data && image.pixelBytes > 0 && width > 0 && image.bounds.y2 > image.bounds.y1 &&
           static_cast<std::int64_t>(std::abs(image.rowBytes)) >= width * image.pixelBytes;
}

/// Digest of the pixels (FNV-1a of 64 bits), rows from the bottom; null where there are none.
std::string digest(const Image& image) {
    if (!isSound(image)) return "null";
    std::uint64_t hash = 14695981039346656037ULL;
    const std::size_t length = static_cast<std::size_t>(image.bounds.x2 - image.bounds.x1) *
                               static_cast<std::size_t>(image.pixelBytes);
    for (int y = image.bounds.y1; y < image.bounds.y2; ++y) {
        const char* row = image.row(y);
        for (std::size_t i = 0; i < length; ++i) {
            hash = (hash ^ static_cast<unsigned char>(row[i])) * 1099511628211ULL;
        }
    }
    return quoted(std::to_string(hash).c_str());
}

Image fetch(const Suites& suites, OfxImageEffectHandle effect, const char* name, double time,
            double asked) {
    OfxImageClipHandle clip = nullptr;
    OfxPropertySetHandle handle = nullptr;
    const OfxStatus found = suites.effect->clipGetHandle(effect, name, &clip, nullptr);
    const OfxStatus got = found == kOfxStatOK && clip
                              ? suites.effect->clipGetImage(clip, asked, nullptr, &handle)
                              : found;
    Event event("image");
    event.with("clip", quoted(name)).with("time", number(time)).with("asked", number(asked));
    event.with("status", std::to_string(got));
    if (got != kOfxStatOK || !handle) {
        event.write();
        return {};
    }
    const Image image = read(suites, handle);
    const bool isOutput = !std::strcmp(name, kOfxImageEffectOutputClipName);
    event.with("digest", isOutput ? "null" : digest(image));
    event.with("properties", propertiesOf(suites, handle, Kind::Image)).write();
    return image;
}

void copy(const Image& from, const Image& to, const int window[4]) {
    const int x1 = std::max(window[0], to.bounds.x1);
    const int x2 = std::min(window[2], to.bounds.x2);
    if (!isSound(to) || x2 <= x1) return;
    const bool same = isSound(from) && from.pixelBytes == to.pixelBytes;
    for (int y = std::max(window[1], to.bounds.y1); y < std::min(window[3], to.bounds.y2); ++y) {
        char* row = to.row(y) + static_cast<std::ptrdiff_t>(x1 - to.bounds.x1) * to.pixelBytes;
        std::memset(row, 0,
                    static_cast<std::size_t>(x2 - x1) * static_cast<std::size_t>(to.pixelBytes));
        const int left = std::max(x1, from.bounds.x1);
        const int right = std::min(x2, from.bounds.x2);
        if (!same || y < from.bounds.y1 || y >= from.bounds.y2 || right <= left) continue;
        std::memcpy(
            row + static_cast<std::ptrdiff_t>(left - x1) * to.pixelBytes,
            from.row(y) + static_cast<std::ptrdiff_t>(left - from.bounds.x1) * from.pixelBytes,
            static_cast<std::size_t>(right - left) * static_cast<std::size_t>(to.pixelBytes));
    }
}

}  // namespace

std::string clipsOf(const Suites& suites, OfxImageEffectHandle effect) {
    std::string made;
    for (const char* name : kClips) {
        OfxImageClipHandle clip = nullptr;
        OfxPropertySetHandle set = nullptr;
        const OfxStatus status = suites.effect->clipGetHandle(effect, name, &clip, &set);
        made += (made.empty() ? "" : ", ") + quoted(name) + ": " +
                (status == kOfxStatOK && set ? propertiesOf(suites, set, Kind::Clip)
                                             : std::to_string(status));
    }
    return "{" + made + "}";
}

OfxStatus passThrough(const Suites& suites, OfxImageEffectHandle effect, OfxPropertySetHandle in) {
    double time = 0;
    int window[4] = {0, 0, 0, 0};
    suites.property->propGetDouble(in, kOfxPropTime, 0, &time);
    suites.property->propGetIntN(in, kOfxImageEffectPropRenderWindow, 4, window);
    std::vector<Image> images;
    for (const double asked : {time, time - 1, time + 1, time}) {
        images.push_back(fetch(suites, effect, kOfxImageEffectSimpleSourceClipName, time, asked));
    }
    images.push_back(fetch(suites, effect, "Mask", time, time));
    images.push_back(fetch(suites, effect, kOfxImageEffectOutputClipName, time, time));
    copy(images.front(), images.back(), window);
    const bool rendered = images.back().handle != nullptr;
    Event event("released");
    std::vector<std::string> statuses;
    for (const Image& image : images) {
        if (!image.handle) continue;
        statuses.push_back(std::to_string(suites.effect->clipReleaseImage(image.handle)));
    }
    event.with("statuses", list(statuses));
    event.with("abort", std::to_string(suites.effect->abort(effect))).write();
    return rendered ? kOfxStatOK : kOfxStatFailed;
}

}  // namespace probe
