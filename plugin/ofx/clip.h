// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "ofx/image.h"
#include "ofx/suites.h"

namespace evenlight::ofx {

/// A clip of an instance; one that the host does not have behaves as one that is not connected.
class Clip {
public:
    Clip(const Suites& suites, OfxImageEffectHandle effect, const char* name);

    /// The image at `time`, or nothing where the clip has none (clipGetImage).
    [[nodiscard]] std::optional<Image> fetch(OfxTime time) const;
    /// First and last frame, where the host tells them.
    [[nodiscard]] std::optional<OfxRangeD> frameRange() const;
    /// The same, where `time` is in it; else it says nothing about that frame's neighbours.
    [[nodiscard]] std::optional<OfxRangeD> frameRangeAround(OfxTime time) const;
    /// Canonical coordinates, where the host tells it (clipGetRegionOfDefinition).
    [[nodiscard]] std::optional<OfxRectD> regionOfDefinition(OfxTime time) const;
    [[nodiscard]] bool isConnected() const;
    [[nodiscard]] bool isFloat() const;             // also where the host tells no depth
    [[nodiscard]] std::string colourspace() const;  // empty where the host tells none
    [[nodiscard]] std::string fieldOrder() const;   // that of frames where the host tells none

private:
    const Suites* suites_;
    OfxImageClipHandle handle_ = nullptr;
    OfxPropertySetHandle properties_ = nullptr;
};

}  // namespace evenlight::ofx
