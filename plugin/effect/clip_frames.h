// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "effect/call.h"
#include "effect/image_names.h"
#include "ofx/clip.h"
#include "runtime/runtime.h"

namespace evenlight {

/// The frames of one render, fetched from the host when they are asked for and held until this
/// goes. Serves the thread on which the host called, and no other.
class ClipFrames final : public FrameServer {
public:
    /// `current` is the source at `time`; it and `names` outlive this.
    ClipFrames(const Call& call, const ofx::Clip& source, const ofx::Image& current, OfxTime time,
               ImageNames& names);

    [[nodiscard]] std::optional<SourceImage> fetch(ClipId clip, OfxTime time) override;
    [[nodiscard]] bool aborted() override;

private:
    [[nodiscard]] SourceImage describe(const ofx::Image& image) const;
    [[nodiscard]] std::optional<SourceImage> fetchSource(OfxTime time);
    [[nodiscard]] std::optional<SourceImage> fetchMask(OfxTime time);
    [[nodiscard]] bool isOutside(OfxTime time) const;

    const Call& call_;
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
