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

std::string Runtime::answer(evenlight::EffectId /*effect*/, evenlight::Question question,
                            const evenlight::RenderRequest& request,
                            evenlight::FrameServer& frames) {
    return onAnswer(question, request, frames);
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
