// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "ofx/image.h"
#include "runtime/platform/process_mutex.h"

namespace evenlight {

/// The host's names of images, as far as they can be counted on. Hosts were seen to give one name
/// to many images: all below full scale in Natron.
class ImageNames {
public:
    /// The image's name with a digest of a sample of its pixels: equal for equal images. Empty
    /// where the host gives none, below full scale, and from then on where the host has given one
    /// name to images whose samples differ. Any thread may ask.
    [[nodiscard]] std::string nameOf(const ofx::Image& image);
    /// The same of a name and a sample.
    [[nodiscard]] std::string nameOf(const std::string& name, std::uint64_t sample);

private:
    ProcessMutex mutex_;
    std::unordered_map<std::string, std::uint64_t> samples_;
    bool isHonest_ = true;
};

}  // namespace evenlight
