// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "effect/call.h"
#include "effect/image_names.h"
#include "effect/instance.h"
#include "ofx/clip.h"
#include "runtime/runtime.h"

namespace evenlight {

/// The frames of one render, fetched from the host when they are asked for and held until this
/// goes. Serves the thread on which the host called, and no other.
class ClipFrames final : public FrameServer {
public:
    /// `current` is the source at `time`; all that is given outlives this.
    ClipFrames(const Call& call, const Instance& instance, const ofx::Clip& source,
               const ofx::Image& current, OfxTime time, ImageNames& names);

    [[nodiscard]] std::optional<SourceImage> fetch(ClipId clip, OfxTime time) override;
    [[nodiscard]] bool aborted() override;
    /// Whether the instance is being destroyed.
    [[nodiscard]] bool isUnwanted() const { return instance_.isEnding(); }

private:
    [[nodiscard]] SourceImage describe(const ofx::Image& image) const;
    [[nodiscard]] std::optional<SourceImage> fetchSource(OfxTime time);
    [[nodiscard]] std::optional<SourceImage> fetchMask(OfxTime time);
    [[nodiscard]] bool isOutside(OfxTime time) const;

    const Call& call_;
    const Instance& instance_;
    const ofx::Clip& source_;
    const ofx::Image& current_;
    OfxTime time_;
    ImageNames& names_;
    ofx::Clip mask_;
    std::optional<OfxRangeD> range_;
    std::map<std::pair<ClipId, OfxTime>, std::optional<ofx::Image>> images_;
    std::vector<std::byte> placedMask_;
};

}  // namespace evenlight
