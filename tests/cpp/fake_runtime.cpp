// SPDX-License-Identifier: Apache-2.0
#include "fake_runtime.h"

#include "ofx/error.h"

namespace fake {

Runtime& runtime() {
    static Runtime only;
    return only;
}

evenlight::EffectId Runtime::openEffect(std::string_view /*identifier*/) {
    ++open;
    return ++opened;
}

std::string Runtime::process(evenlight::EffectId /*effect*/,
                             const evenlight::RenderRequest& request,
                             evenlight::FrameServer& frames, const evenlight::ofx::PixelView& out) {
    return onProcess(request, frames, out);
}

evenlight::FramesNeeded Runtime::framesNeeded(evenlight::EffectId /*effect*/,
                                              const evenlight::RenderRequest& request) {
    return onFramesNeeded(request);
}

evenlight::RecordBytes Runtime::analyse(evenlight::EffectId /*effect*/,
                                        const evenlight::RenderRequest& request,
                                        evenlight::FrameServer& frames) {
    return onAnalyse(request, frames);
}

evenlight::SavedAnalysis Runtime::saveAnalysis(evenlight::EffectId /*effect*/,
                                               const std::string& file,
                                               const std::vector<evenlight::RecordBytes>& records) {
    return onSaveAnalysis(file, records);
}

std::string Runtime::runErrand(evenlight::EffectId /*effect*/, evenlight::Errand errand,
                               const std::string& file, const evenlight::RenderRequest& request,
                               evenlight::FrameServer& frames) {
    return onErrand(errand, file, request, frames);
}

void Runtime::closeEffect(evenlight::EffectId /*effect*/) noexcept {
    --open;
}

}  // namespace fake

namespace evenlight {

Runtime& runtime() {
    fake::Runtime& only = fake::runtime();
    ++only.started;
    if (!only.startError.empty()) throw ofx::Error(kOfxStatFailed, only.startError);
    return only;
}

}  // namespace evenlight
