// SPDX-License-Identifier: Apache-2.0
#include "ofx/clip.h"

#include "ofx/coords.h"
#include "ofx/status.h"
#include "ofxColour.h"

namespace evenlight::ofx {

Clip::Clip(const Suites& suites, OfxImageEffectHandle effect, const char* name) : suites_(&suites) {
    const OfxStatus status = suites.effect->clipGetHandle(effect, name, &handle_, &properties_);
    if (status != kOfxStatOK) handle_ = nullptr;  // not a clip of this context
    if (handle_ == nullptr) properties_ = nullptr;
}

std::optional<Image> Clip::fetch(OfxTime time) const {
    if (handle_ == nullptr) return std::nullopt;
    if (properties_ != nullptr &&
        PropertySet(*suites_, properties_).get(kOfxImageClipPropConnected, 1) == 0)
        return std::nullopt;
    OfxPropertySetHandle image = nullptr;
    const OfxStatus status = suites_->effect->clipGetImage(handle_, time, nullptr, &image);
    if (status == kOfxStatFailed || (status == kOfxStatOK && image == nullptr)) return std::nullopt;
    check(status, "clipGetImage");
    Image fetched(*suites_, ImageHandle(image, ReleaseImage{suites_}));
    if (isEmpty(fetched.pixels().bounds)) return std::nullopt;
    return fetched;
}

std::optional<OfxRangeD> Clip::frameRange() const {
    if (properties_ == nullptr) return std::nullopt;
    const PropertySet properties(*suites_, properties_);
    if (properties.dimension(kOfxImageEffectPropFrameRange) != 2) return std::nullopt;
    const OfxRangeD range{properties.get(kOfxImageEffectPropFrameRange, 1.0, 0),
                          properties.get(kOfxImageEffectPropFrameRange, 0.0, 1)};
    if (!(range.min <= range.max)) return std::nullopt;
    return range;
}

std::optional<OfxRangeD> Clip::frameRangeAround(OfxTime time) const {
    const std::optional<OfxRangeD> range = frameRange();
    if (!range || time < range->min || time > range->max) return std::nullopt;
    return range;
}

std::optional<OfxRectD> Clip::regionOfDefinition(OfxTime time) const {
    if (handle_ == nullptr) return std::nullopt;
    OfxRectD region{};
    const OfxStatus status = suites_->effect->clipGetRegionOfDefinition(handle_, time, &region);
    if (status != kOfxStatOK) return std::nullopt;  // not connected
    return region;
}

bool Clip::isConnected() const {
    return properties_ != nullptr &&
           PropertySet(*suites_, properties_).get(kOfxImageClipPropConnected, 0) != 0;
}

bool Clip::isFloat() const {
    if (properties_ == nullptr) return true;
    return PropertySet(*suites_, properties_)
               .get(kOfxImageEffectPropPixelDepth, kOfxBitDepthFloat) == kOfxBitDepthFloat;
}

std::string Clip::colourspace() const {
    if (properties_ == nullptr) return {};
    return PropertySet(*suites_, properties_).get(kOfxImageClipPropColourspace, "");
}

std::string Clip::fieldOrder() const {
    if (properties_ == nullptr) return kOfxImageFieldNone;
    return PropertySet(*suites_, properties_).get(kOfxImageClipPropFieldOrder, kOfxImageFieldNone);
}

}  // namespace evenlight::ofx
