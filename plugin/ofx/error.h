// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "ofxCore.h"

namespace evenlight::ofx {

/// A failure with the status that the host is given for it; the text is for the artist.
class Error : public std::runtime_error {
public:
    Error(OfxStatus status, const std::string& text) : std::runtime_error(text), status_(status) {}
    [[nodiscard]] OfxStatus status() const noexcept { return status_; }

private:
    OfxStatus status_;
};

/// The host asked to stop: release, answer kOfxStatOK, the pixels are not used.
class Aborted : public std::exception {};

}  // namespace evenlight::ofx
