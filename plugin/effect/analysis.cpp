// SPDX-License-Identifier: Apache-2.0
#include "effect/analysis.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "effect/describe.h"
#include "effect/params.h"
#include "effect/request.h"
#include "effect/walk.h"
#include "ofx/error.h"
#include "ofx/progress.h"

namespace evenlight {
namespace {

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

}  // namespace

std::string analyseClip(const Call& call, Instance& instance) {
    const ofx::ParamSet params(call.suites, call.handle);
    const ofx::Clip source(call.suites, call.handle, kSourceClip);
    const std::string file = ParamReader(params, call.effect, call.time()).analysis();
    if (file.empty())
        throw ofx::Error(kOfxStatOK, "Name an Analysis file first: Analyse clip writes to it.");
    const OfxRangeD range = rangeToWalk(call, source, "analyse");
    const std::shared_ptr<OpenEffect> python = instance.open(call.effect);
    const SavedAnalysis saved =
        python->saveAnalysis(file, analyseFrames(call, instance, *python, source, range));
    const std::string frames = std::to_string(saved.frames) + " frames";
    params.setText(kAnalysisState, frames + ", " + saved.digest);
    return frames + " analysed.";
}

}  // namespace evenlight
