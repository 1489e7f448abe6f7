// SPDX-License-Identifier: Apache-2.0
#include "effect/clip_frames.h"

#include "effect/describe.h"
#include "ofx/coords.h"

namespace evenlight {
namespace {

/// Nothing of a mask is saved under its name.
SourceImage describeMask(const ofx::Image& image) {
    return {image.pixels(), {}, image.isPremultiplied()};
}

}  // namespace

ClipFrames::ClipFrames(const Call& call, const Instance& instance, const ofx::Clip& source,
                       const ofx::Image& current, OfxTime time, ImageNames& names)
    : call_(call),
      instance_(instance),
      source_(source),
      current_(current),
      time_(time),
      names_(names),
      mask_(call.suites, call.handle, kMaskClip),
      range_(source.frameRangeAround(time)) {}

std::optional<SourceImage> ClipFrames::fetch(ClipId clip, OfxTime time) {
    return clip == ClipId::Source ? fetchSource(time) : fetchMask(time);
}

bool ClipFrames::aborted() {
    return isUnwanted() || call_.suites.effect->abort(call_.handle) != 0;
}

bool ClipFrames::isOutside(OfxTime time) const {
    return range_ && (time < range_->min || time > range_->max);
}

SourceImage ClipFrames::describe(const ofx::Image& image) const {
    return {image.pixels(), names_.nameOf(image), image.isPremultiplied()};
}

std::optional<SourceImage> ClipFrames::fetchSource(OfxTime time) {
    if (time == time_) return describe(current_);
    if (isOutside(time)) return std::nullopt;
    const auto [entry, isNew] = images_.try_emplace({ClipId::Source, time});
    if (isNew) {
        entry->second = source_.fetch(time);
        // A host that has only the current frame hands it out for any other time.
        if (entry->second && entry->second->isSame(current_)) entry->second.reset();
    }
    if (!entry->second) return std::nullopt;
    return describe(*entry->second);
}

/// The mask may cover another part of the plane than the source: outside it is black.
std::optional<SourceImage> ClipFrames::fetchMask(OfxTime time) {
    const auto [entry, isNew] = images_.try_emplace({ClipId::Mask, time});
    if (isNew) entry->second = mask_.fetch(time);
    if (!entry->second) return std::nullopt;
    SourceImage mask = describeMask(*entry->second);
    const OfxRectI& frame = current_.pixels().bounds;
    if (ofx::isEqual(mask.pixels.bounds, frame)) return mask;
    ofx::PixelView placed = mask.pixels;
    placed.bounds = frame;
    placed.rowBytes = placed.width() * placed.pixelBytes();
    placedMask_.assign(static_cast<std::size_t>(placed.rowBytes * placed.height()), std::byte{0});
    placed.data = placedMask_.data();
    ofx::copyPixels(mask.pixels, placed);
    mask.pixels = placed;
    return mask;
}

}  // namespace evenlight
