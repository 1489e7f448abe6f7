// SPDX-License-Identifier: Apache-2.0
#include "ofx/suites.h"

#include <tuple>

namespace evenlight::ofx {
namespace {

template <class Suite>
const Suite* fetch(const OfxHost& host, const char* name, int version) {
    return static_cast<const Suite*>(host.fetchSuite(host.host, name, version));
}

bool isComplete(const OfxPropertySuiteV1* suite) {
    return suite != nullptr && suite->propSetPointer != nullptr &&
           suite->propSetString != nullptr && suite->propSetDouble != nullptr &&
           suite->propSetInt != nullptr && suite->propGetPointer != nullptr &&
           suite->propGetString != nullptr && suite->propGetDouble != nullptr &&
           suite->propGetInt != nullptr && suite->propGetDimension != nullptr;
}

bool isComplete(const OfxImageEffectSuiteV1* suite) {
    return suite != nullptr && suite->getPropertySet != nullptr && suite->getParamSet != nullptr &&
           suite->clipDefine != nullptr && suite->clipGetHandle != nullptr &&
           suite->clipGetPropertySet != nullptr && suite->clipGetImage != nullptr &&
           suite->clipReleaseImage != nullptr && suite->clipGetRegionOfDefinition != nullptr &&
           suite->abort != nullptr;
}

/// Null where a function that is called is missing.
const OfxInteractSuiteV1* usable(const OfxInteractSuiteV1* suite) {
    return suite != nullptr && suite->interactGetPropertySet != nullptr ? suite : nullptr;
}

const OfxDrawSuiteV1* usable(const OfxDrawSuiteV1* suite) {
    const bool isComplete = suite != nullptr && suite->setColour != nullptr &&
                            suite->setLineWidth != nullptr && suite->draw != nullptr;
    return isComplete ? suite : nullptr;
}

bool isComplete(const OfxParameterSuiteV1* suite) {
    return suite != nullptr && suite->paramDefine != nullptr && suite->paramGetHandle != nullptr &&
           suite->paramGetValueAtTime != nullptr;
}

auto tied(const Suites& s) {
    return std::tie(s.host, s.property, s.effect, s.param, s.message, s.persistentMessage,
                    s.progress, s.interact, s.draw);
}

}  // namespace

bool operator==(const Suites& a, const Suites& b) {
    return tied(a) == tied(b);
}

std::optional<Suites> fetchSuites(const OfxHost* host) {
    if (host == nullptr || host->fetchSuite == nullptr) return std::nullopt;
    const Suites suites{host->host,
                        fetch<OfxPropertySuiteV1>(*host, kOfxPropertySuite, 1),
                        fetch<OfxImageEffectSuiteV1>(*host, kOfxImageEffectSuite, 1),
                        fetch<OfxParameterSuiteV1>(*host, kOfxParameterSuite, 1),
                        fetch<OfxMessageSuiteV1>(*host, kOfxMessageSuite, 1),
                        fetch<OfxMessageSuiteV2>(*host, kOfxMessageSuite, 2),
                        fetch<OfxProgressSuiteV1>(*host, kOfxProgressSuite, 1),
                        usable(fetch<OfxInteractSuiteV1>(*host, kOfxInteractSuite, 1)),
                        usable(fetch<OfxDrawSuiteV1>(*host, kOfxDrawSuite, 1))};
    if (!isComplete(suites.property) || !isComplete(suites.effect) || !isComplete(suites.param))
        return std::nullopt;
    return suites;
}

}  // namespace evenlight::ofx
