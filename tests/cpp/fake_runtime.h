// SPDX-License-Identifier: Apache-2.0
// Stands for Python: what runtime() gives the effect in these tests.
#pragma once

#include <functional>
#include <string>

#include "runtime/runtime.h"

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
    evenlight::FramesNeeded framesNeeded(evenlight::EffectId effect,
                                         const evenlight::RenderRequest& request) override;
    evenlight::RecordBytes analyse(evenlight::EffectId effect,
                                   const evenlight::RenderRequest& request,
                                   evenlight::FrameServer& frames) override;
    evenlight::SavedAnalysis saveAnalysis(
        evenlight::EffectId effect, const std::string& file,
        const std::vector<evenlight::RecordBytes>& records) override;
    std::string runErrand(evenlight::EffectId effect, evenlight::Errand errand,
                          const std::string& file, const evenlight::RenderRequest& request,
                          evenlight::FrameServer& frames) override;
    void closeEffect(evenlight::EffectId effect) noexcept override;

    Process onProcess;
    std::function<evenlight::FramesNeeded(const evenlight::RenderRequest&)> onFramesNeeded;
    std::function<evenlight::RecordBytes(const evenlight::RenderRequest&, evenlight::FrameServer&)>
        onAnalyse;
    std::function<evenlight::SavedAnalysis(const std::string&,
                                           const std::vector<evenlight::RecordBytes>&)>
        onSaveAnalysis;
    std::function<std::string(evenlight::Errand, const std::string&,
                              const evenlight::RenderRequest&, evenlight::FrameServer&)>
        onErrand;
    std::string startError;  // runtime() throws it
    int started = 0;         // calls of runtime()
    int opened = 0;
    int open = 0;
};

[[nodiscard]] Runtime& runtime();

}  // namespace fake
