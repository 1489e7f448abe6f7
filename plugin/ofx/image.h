// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "ofx/pixel_view.h"
#include "ofx/property_set.h"

namespace evenlight::ofx {

struct ReleaseImage {
    const Suites* suites;
    void operator()(OfxPropertySetHandle image) const noexcept {
        // Nothing can be done about a host that cannot take its image back.
        static_cast<void>(suites->effect->clipReleaseImage(image));
    }
};
using ImageHandle = std::unique_ptr<OfxPropertySetStruct, ReleaseImage>;

/// An image of the host's, held until this goes.
class Image {
public:
    /// Throws Error where the pixels are of a kind that the plug-in does not take.
    Image(const Suites& suites, ImageHandle handle);

    [[nodiscard]] const PixelView& pixels() const { return pixels_; }
    [[nodiscard]] std::string identifier() const;
    [[nodiscard]] bool isPremultiplied() const;
    /// Whether the host says that it was not made smaller.
    [[nodiscard]] bool isFullScale() const;
    /// Whether this is the very image that `other` holds.
    [[nodiscard]] bool isSame(const Image& other) const;

private:
    [[nodiscard]] PropertySet properties() const { return {*suites_, handle_.get()}; }

    const Suites* suites_;
    ImageHandle handle_;
    PixelView pixels_;
};

/// "RGBA float" and so on, for messages.
[[nodiscard]] std::string describePixels(const PixelView& pixels);

}  // namespace evenlight::ofx
