// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "ofxCore.h"
#include "ofxDrawSuite.h"
#include "ofxImageEffect.h"
#include "ofxInteract.h"
#include "ofxMessage.h"
#include "ofxParam.h"
#include "ofxProgress.h"
#include "ofxProperty.h"

namespace evenlight::ofx {

/// The tables of host functions that the plug-in calls; they live as long as the host.
struct Suites {
    OfxPropertySetHandle host = nullptr;
    const OfxPropertySuiteV1* property = nullptr;
    const OfxImageEffectSuiteV1* effect = nullptr;
    const OfxParameterSuiteV1* param = nullptr;
    const OfxMessageSuiteV1* message = nullptr;            // may be missing
    const OfxMessageSuiteV2* persistentMessage = nullptr;  // may be missing
    const OfxProgressSuiteV1* progress = nullptr;          // may be missing
    const OfxInteractSuiteV1* interact = nullptr;          // may be missing
    const OfxDrawSuiteV1* draw = nullptr;                  // may be missing
};

[[nodiscard]] bool operator==(const Suites& a, const Suites& b);

/// Nothing where the host lacks a suite, or a function in it, that every effect needs.
[[nodiscard]] std::optional<Suites> fetchSuites(const OfxHost* host);

}  // namespace evenlight::ofx
