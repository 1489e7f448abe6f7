// SPDX-License-Identifier: Apache-2.0
#include "ofx/progress.h"

namespace evenlight::ofx {

Progress::Progress(const Suites& suites, OfxImageEffectHandle effect, const std::string& label)
    : suites_(suites), effect_(effect) {
    const OfxProgressSuiteV1* suite = suites.progress;
    shown_ = suite != nullptr && suite->progressStart != nullptr &&
             suite->progressUpdate != nullptr && suite->progressEnd != nullptr &&
             suite->progressStart(effect, label.c_str()) == kOfxStatOK;
}

Progress::~Progress() {
    if (shown_) static_cast<void>(suites_.progress->progressEnd(effect_));
}

bool Progress::show(double done) const {
    return !shown_ || suites_.progress->progressUpdate(effect_, done) != kOfxStatReplyNo;
}

}  // namespace evenlight::ofx
