// SPDX-License-Identifier: Apache-2.0
#include "effect/analysis.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <new>
#include <optional>
#include <string>

#include "effect/describe.h"
#include "effect/host_frames.h"
#include "effect/instance.h"
#include "effect/params.h"
#include "effect/request.h"
#include "ofx/error.h"
#include "ofx/host_quirks.h"
#include "ofx/progress.h"

namespace evenlight {
namespace {

constexpr double kMostFrames = 1 << 20;  // a clip without an end says more
constexpr std::chrono::milliseconds kGlance(100);
/// The message says it all: a button that cannot work yet is no failure of the plug-in.
constexpr OfxStatus kRefused = kOfxStatOK;
constexpr const char* kDraft = "draft";  // names in the values that are no parameters
constexpr const char* kRecords = "records";

/// The frames of one step. That the person wants to stop is told by the progress bar.
class StepFrames final : public FrameServer {
public:
    StepFrames(const Call& call, const ofx::Clip& source, const ofx::Image& current, OfxTime time,
               const ofx::Progress& progress, double done)
        : frames_(call, source, current, time), progress_(progress), done_(done) {}

    std::optional<SourceImage> fetch(Clip clip, OfxTime time) override {
        return frames_.fetch(clip, time);
    }
    bool aborted() override {
        const auto now = std::chrono::steady_clock::now();
        if (now - glanced_ < kGlance) return false;  // Python asks for each neighbour
        glanced_ = now;
        return !progress_.show(done_);
    }

private:
    HostFrames frames_;
    std::chrono::steady_clock::time_point glanced_ = std::chrono::steady_clock::now();
    const ofx::Progress& progress_;
    double done_;
};

OfxRangeD rangeOf(const Call& call, const ofx::Clip& source, const std::string& file) {
    if (file.empty())
        throw ofx::Error(kRefused, "Name an Analysis file first: Analyse clip writes to it.");
    if (!ofx::hasTemporalAccess(call.host()))
        throw ofx::Error(kRefused,
                         "This host gives effects the current frame alone. Analyse"
                         " the clip with the command `evenlight analyse`.");
    const std::optional<OfxRangeD> range = source.frameRange();
    if (!range || range->max - range->min >= kMostFrames)
        throw ofx::Error(kRefused,
                         "The host does not tell which frames the clip has. Analyse"
                         " it with the command `evenlight analyse`.");
    return {std::ceil(range->min), std::floor(range->max)};
}

/// So that what was measured for an earlier analysis is not taken for this one's.
std::string newDraft() {
    static std::atomic<int> count{0};
    return std::to_string(reinterpret_cast<std::uintptr_t>(&count)) + " " + std::to_string(++count);
}

/// Analyses every frame that the clip has; the records, a line each.
std::string analyseFrames(const Call& call, const OpenEffect& python, const ofx::Clip& source,
                          const OfxRangeD& range) {
    const std::string label = std::string(call.effect.label) + ": analysing the clip";
    const ofx::Progress progress(call.suites, call.handle, label);
    const std::string draft = newDraft();
    const double count = range.max - range.min + 1;
    std::string records;
    for (OfxTime time = range.min; time <= range.max; ++time) {
        const double done = (time - range.min) / count;
        if (!progress.show(done)) throw ofx::Aborted();
        const std::optional<ofx::Image> current = source.fetch(time);
        if (!current) continue;
        const bool isFloat = current->pixels().depth == ofx::Depth::Float;
        RenderRequest request = makeRequest(call, source, isFloat, time);
        request.values.emplace_back(kDraft, draft);
        StepFrames frames(call, source, *current, time, progress, done);
        records += python.answer(Question::Analyse, request, frames) + "\n";
    }
    return records;
}

/// Returns what the hidden parameter becomes.
std::string save(const Call& call, const OpenEffect& python, const ofx::Clip& source,
                 std::string records) {
    class NoFrames final : public FrameServer {
        std::optional<SourceImage> fetch(Clip /*clip*/, OfxTime /*time*/) override { return {}; }
        bool aborted() override { return false; }
    } frames;
    RenderRequest request = makeRequest(call, source, source.isFloat(), call.time());
    request.values.emplace_back(kRecords, std::move(records));
    return python.answer(Question::SaveAnalysis, request, frames);
}

void analyseClip(const Call& call, Instance& instance) {
    const ofx::ParamSet params(call.suites, call.handle);
    const ofx::Clip source(call.suites, call.handle, kSourceClip);
    const std::string file = ParamReader(params, call.effect, call.time()).analysis();
    const OfxRangeD range = rangeOf(call, source, file);
    const OpenEffect& python = instance.open(call.effect);
    std::string records = analyseFrames(call, python, source, range);
    params.setText(kAnalysisState, save(call, python, source, std::move(records)));
    instance.say(call, kOfxMessageMessage, "");
}

bool isPress(const Call& call) {
    return call.in().get(kOfxPropType, "") == kOfxTypeParameter &&
           call.in().get(kOfxPropName, "") == kAnalyseButton &&
           call.in().get(kOfxPropChangeReason, "") == kOfxChangeUserEdited;
}

}  // namespace

OfxStatus instanceChanged(const Call& given) {
    Instance* instance = Instance::of(given);
    if (instance == nullptr || !isPress(given)) return kOfxStatReplyDefault;
    const Call call{instance->suites(), given.effect, given.handle, given.inArgs, given.outArgs};
    try {
        analyseClip(call, *instance);
        return kOfxStatOK;
    } catch (const ofx::Aborted&) {
        instance->say(call, kOfxMessageWarning, "The analysis was stopped; nothing was written.");
        return kOfxStatOK;
    } catch (const ofx::Error& error) {
        instance->say(call, kOfxMessageError, error.what());
        return error.status();
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;
    }
}

}  // namespace evenlight
