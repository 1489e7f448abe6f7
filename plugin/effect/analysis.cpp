// SPDX-License-Identifier: Apache-2.0
#include "effect/analysis.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "effect/clip_frames.h"
#include "effect/describe.h"
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
constexpr std::string_view kNoRange =
    "The host does not tell which frames the clip has. Analyse it with the command"
    " `evenlight analyse`.";

/// The frames of one step. That the person wants to stop is told by the progress bar.
class StepFrames final : public FrameServer {
public:
    StepFrames(ClipFrames frames, const ofx::Progress& progress, double done)
        : frames_(std::move(frames)), progress_(progress), done_(done) {}

    std::optional<SourceImage> fetch(ClipId clip, OfxTime time) override {
        return frames_.fetch(clip, time);
    }
    bool aborted() override {
        const auto now = std::chrono::steady_clock::now();
        if (now - glanced_ < kGlance) return false;  // Python asks for each neighbour
        glanced_ = now;
        return frames_.isUnwanted() || !progress_.show(done_);
    }

private:
    ClipFrames frames_;
    std::chrono::steady_clock::time_point glanced_ = std::chrono::steady_clock::now();
    const ofx::Progress& progress_;
    double done_;
};

/// The frames that the clip has, where the host tells them.
std::optional<OfxRangeD> rangeOf(const ofx::Clip& source) {
    const std::optional<OfxRangeD> range = source.frameRange();
    if (!range || range->max - range->min >= kMostFrames) return std::nullopt;
    return OfxRangeD{std::ceil(range->min), std::floor(range->max)};
}

/// Why the button cannot work yet; empty where it can.
std::string_view refusal(const Call& call, const std::string& file) {
    if (file.empty()) return "Name an Analysis file first: Analyse clip writes to it.";
    if (!ofx::hasTemporalAccess(call.host()))
        return "This host gives effects the current frame alone. Analyse the clip with the command"
               " `evenlight analyse`.";
    return {};
}

/// Tells one walk along the clip from those before it; 0 is none of them.
std::int64_t nextWalk() {
    static std::atomic<std::int64_t> count{0};
    return ++count;
}

/// Analyses every frame that the clip has.
std::vector<RecordBytes> analyseFrames(const Call& call, const Instance& instance,
                                       const OpenEffect& python, const ofx::Clip& source,
                                       const OfxRangeD& range) {
    const std::string label = std::string(call.effect.label) + ": analysing the clip";
    const ofx::Progress progress(call.suites, call.handle, label);
    const std::int64_t walk = nextWalk();
    const auto count = static_cast<int>(range.max - range.min) + 1;
    std::vector<RecordBytes> records;
    for (int i = 0; i < count; ++i) {
        const OfxTime time = range.min + i;
        const double done = static_cast<double>(i) / count;
        if (!progress.show(done)) throw ofx::Aborted();
        const std::optional<ofx::Image> current = source.fetch(time);
        if (!current) continue;
        const bool isFloat = current->pixels().depth == ofx::Depth::Float;
        RenderRequest request = makeRequest(call, source, isFloat, time);
        request.walk = walk;
        StepFrames frames({call, instance, source, *current, time, python.names()}, progress, done);
        records.push_back(python.analyse(request, frames));
    }
    return records;
}

void analyseClip(const Call& call, Instance& instance) {
    const ofx::ParamSet params(call.suites, call.handle);
    const ofx::Clip source(call.suites, call.handle, kSourceClip);
    const std::string file = ParamReader(params, call.effect, call.time()).analysis();
    const auto refuse = [&](std::string_view reason) {
        instance.say(call, kOfxMessageError, std::string(reason));
    };
    const std::string_view reason = refusal(call, file);
    if (!reason.empty()) return refuse(reason);
    const std::optional<OfxRangeD> range = rangeOf(source);
    if (!range) return refuse(kNoRange);
    const std::shared_ptr<OpenEffect> python = instance.open(call.effect);
    const SavedAnalysis saved =
        python->saveAnalysis(file, analyseFrames(call, instance, *python, source, *range));
    const std::string state = std::to_string(saved.frames) + " frames, " + saved.digest;
    params.setText(kAnalysisState, state);
    instance.say(call, kOfxMessageMessage, "");
}

bool isPress(const Call& call) {
    return call.in().get(kOfxPropType, "") == kOfxTypeParameter &&
           call.in().get(kOfxPropName, "") == kAnalyseButton &&
           call.in().get(kOfxPropChangeReason, "") == kOfxChangeUserEdited;
}

}  // namespace

OfxStatus instanceChanged(const Call& given) {
    const std::shared_ptr<Instance> instance = Instance::of(given);
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
