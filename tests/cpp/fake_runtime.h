// SPDX-License-Identifier: Apache-2.0
// Stands for Python: what runtime() gives the effect in these tests.
#pragma once

#include <functional>
#include <string>

#include "python/runtime.h"

namespace fake {

class Runtime final : public evenlight::Runtime {
public:
    using Process =
        std::function<std::string(const evenlight::RenderRequest&, evenlight::FrameServer&,
                                  const evenlight::ofx::PixelView&)>;

    evenlight::EffectId openEffect(std::string_view identifier) override;
    std::string process(evenlight::EffectId effect, const evenlight::RenderRequest& request,
                        evenlight::FrameServer& frames,
                        const evenlight::ofx::PixelView& out) override;
    std::string answer(evenlight::EffectId effect, evenlight::Question question,
                       const evenlight::RenderRequest& request,
                       evenlight::FrameServer& frames) override;
    void closeEffect(evenlight::EffectId effect) noexcept override;

    Process onProcess;
    std::function<std::string(evenlight::Question, const evenlight::RenderRequest&,
                              evenlight::FrameServer&)>
        onAnswer;
    std::string startError;  // runtime() throws it
    int started = 0;         // calls of runtime()
    int opened = 0;
    int open = 0;
};

[[nodiscard]] Runtime& runtime();

}  // namespace fake
