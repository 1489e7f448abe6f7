// SPDX-License-Identifier: Apache-2.0
#include "effect/errands.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "effect/clip_frames.h"
#include "effect/describe.h"
#include "effect/panel.h"
#include "effect/params.h"
#include "effect/request.h"
#include "effect/set_values.h"
#include "effect/walk.h"
#include "ofx/error.h"
#include "ofx/message.h"

namespace evenlight {
namespace {

/// Auto looks at runs of so many frames, each with the first of the next, and at so many of a long
/// clip: as `evenlight.auto.sight` does.
constexpr int kRun = 24;
constexpr int kRuns = 10;

/// Serves errands that look at no frame.
class NoFrames final : public FrameServer {
public:
    std::optional<SourceImage> fetch(ClipId /*clip*/, OfxTime /*time*/) override { return {}; }
    bool aborted() override { return false; }
};

ofx::ParamSet paramsOf(const Call& call) {
    return {call.suites, call.handle};
}

ofx::Clip sourceOf(const Call& call) {
    return {call.suites, call.handle, kSourceClip};
}

std::string fileOf(const Call& call) {
    std::string file = paramsOf(call).text(kPresetFile, call.time());
    if (file.empty()) throw ofx::Error(kOfxStatOK, "Name a Preset file first.");
    return file;
}

RenderRequest requestOf(const Call& call) {
    const ofx::Clip source = sourceOf(call);
    return makeRequest(call, source, source.isFloat(), call.time());
}

/// First frames of the runs that Auto looks at: all of a short clip, of a long one a part that is
/// spread over it.
std::vector<OfxTime> runsOf(const OfxRangeD& range) {
    const auto count = static_cast<int>(range.max - range.min) + 1;
    const int whole = std::max(1, count / kRun);
    const int runs = std::min(whole, kRuns);
    std::vector<OfxTime> first;
    for (int i = 0; i < runs; ++i) {
        const int place = runs == whole || runs == 1 ? i * kRun : i * (count - kRun) / (runs - 1);
        first.push_back(range.min + place);
    }
    return first;
}

std::string measure(const Call& call, const Instance& instance, const OpenEffect& python,
                    const OfxRangeD& range) {
    const ofx::Clip source = sourceOf(call);
    const ofx::Progress progress(call.suites, call.handle,
                                 std::string(call.effect.label) + ": looking at the clip");
    const std::vector<OfxTime> runs = runsOf(range);
    std::string measures;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const double done = static_cast<double>(i) / static_cast<double>(runs.size());
        if (!progress.show(done)) throw ofx::Aborted();
        const std::optional<ofx::Image> current = source.fetch(runs[i]);
        if (!current) continue;
        const bool isFloat = current->pixels().depth == ofx::Depth::Float;
        RenderRequest request = makeRequest(call, source, isFloat, runs[i]);
        request.before = 0;
        request.after = static_cast<int>(std::min<OfxTime>(kRun, range.max - runs[i]));
        StepFrames frames({call, instance, source, *current, runs[i], python.names()}, progress,
                          done);
        measures += python.runErrand(Errand::Measure, "", request, frames) + "\n";
    }
    return measures;
}

}  // namespace

std::string loadPreset(const Call& call, Instance& instance) {
    const std::string file = fileOf(call);
    NoFrames none;
    const std::string answer =
        instance.open(call.effect)->runErrand(Errand::LoadPreset, file, requestOf(call), none);
    return setValues(call, answer, "Load preset");
}

std::string savePreset(const Call& call, Instance& instance) {
    const std::string file = fileOf(call);
    std::error_code unknown;
    if (std::filesystem::exists(std::filesystem::u8path(file), unknown) &&
        !ofx::askWhether(call.suites, call.handle, file + " exists. Replace it?"))
        throw ofx::Error(kOfxStatOK, file + " exists and was not replaced. Name another file.");
    NoFrames none;
    return instance.open(call.effect)->runErrand(Errand::SavePreset, file, requestOf(call), none);
}

std::string suitClip(const Call& call, Instance& instance) {
    const OfxRangeD range = rangeToWalk(call, sourceOf(call), "auto");
    const std::shared_ptr<OpenEffect> python = instance.open(call.effect);
    const std::string measures = measure(call, instance, *python, range);
    NoFrames none;
    const std::string answer = python->runErrand(Errand::Suit, measures, requestOf(call), none);
    return setValues(call, answer, "Auto");
}

}  // namespace evenlight
