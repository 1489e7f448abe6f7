// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "check.h"
#include "ofx/error.h"
#include "scene.h"

using evenlight::FrameServer;
using evenlight::FramesNeeded;
using evenlight::RecordBytes;
using evenlight::RenderRequest;
using evenlight::SavedAnalysis;
using fake::Scene;

namespace {

constexpr const char* kSourceRange = "OfxImageClipPropFrameRange_Source";

OfxStatus press(Scene& scene, const char* name = "analyse_clip",
                const char* reason = kOfxChangeUserEdited) {
    fake::Properties in;
    in.values[kOfxPropType] = {std::string(kOfxTypeParameter)};
    in.values[kOfxPropName] = {std::string(name)};
    in.values[kOfxPropChangeReason] = {std::string(reason)};
    in.values[kOfxPropTime] = {3.0};
    return scene.act(kOfxActionInstanceChanged, &in);
}

void prepare(Scene& scene) {
    scene.instance.params["file"].text = "shot.evenlight";
    scene.instance.clips["Source"].values[kOfxImageEffectPropFrameRange] = {0.0, 9.0};
}

std::string textOf(const RenderRequest& request, const std::string& name) {
    for (const auto& [key, value] : request.values)
        if (key == name) return std::get<std::string>(value);
    return "none";
}

}  // namespace

TEST(the_button_analyses_every_frame_and_saves_what_was_found) {
    Scene scene;
    prepare(scene);
    std::vector<double> times;
    std::set<std::int64_t> walks;
    std::vector<RecordBytes> saved;
    scene.python.onSaveAnalysis = [&](const auto& name, const std::vector<RecordBytes>& records) {
        CHECK(name == "shot.evenlight");
        saved = records;
        return SavedAnalysis{10, "digest"};
    };
    scene.python.onAnalyse = [&](const auto& request, FrameServer& frames) {
        CHECK(textOf(request, "file") == "shot.evenlight");
        CHECK(request.before == 2 && request.after == 2);
        walks.insert(request.walk);
        CHECK(!frames.aborted());
        const auto next = frames.fetch(evenlight::ClipId::Source, request.time + 1);
        CHECK(next.has_value() == (request.time < 9));
        times.push_back(request.time);
        return std::string("r\0", 2) + std::to_string(static_cast<int>(request.time));
    };
    CHECK(press(scene) == kOfxStatOK);
    CHECK(times == (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    CHECK(saved.size() == 10);
    for (std::size_t i = 0; i < saved.size(); ++i)
        CHECK(saved[i] == std::string("r\0", 2) + std::to_string(i));
    CHECK(walks.size() == 1 && walks.count(0) == 0);
    CHECK(scene.instance.params.at("analysis_state").text == "10 frames, digest");
    CHECK(scene.instance.progress.size() >= 10 && scene.instance.progressBars == 0);
    CHECK(std::is_sorted(scene.instance.progress.begin(), scene.instance.progress.end()));
    CHECK(scene.instance.persistent == "10 frames analysed.");
    CHECK(scene.instance.persistentKind == kOfxMessageMessage);
    CHECK(scene.instance.params["note"].text == "10 frames analysed.");
    CHECK(scene.allReleased());
    CHECK(press(scene) == kOfxStatOK);
    CHECK(walks.size() == 2);  // what was measured for the first does not serve the second
}

TEST(other_changes_are_left_to_the_host) {
    Scene scene;
    prepare(scene);
    CHECK(press(scene, "strength") == kOfxStatOK);
    CHECK(press(scene, "analyse_clip", kOfxChangePluginEdited) == kOfxStatReplyDefault);
    CHECK(scene.python.started == 0);
}

TEST(stopping_saves_nothing) {
    Scene scene;
    prepare(scene);
    scene.instance.cancelAfter = 3;
    int analysed = 0;
    int saves = 0;
    scene.python.onSaveAnalysis = [&](const auto&, const auto&) {
        ++saves;
        return SavedAnalysis();
    };
    scene.python.onAnalyse = [&](const auto&, auto&) {
        ++analysed;
        return RecordBytes("r");
    };
    CHECK(press(scene) == kOfxStatOK);
    CHECK(analysed == 3 && saves == 0);
    CHECK(scene.instance.params.at("analysis_state").text.empty());
    CHECK(scene.instance.persistent == "The analysis was stopped; nothing was written.");
    CHECK(scene.instance.progressBars == 0 && scene.allReleased());
}

TEST(what_goes_wrong_while_analysing_is_told) {
    Scene scene;
    CHECK(press(scene) == kOfxStatOK);
    CHECK(scene.instance.persistent == "Name an Analysis file first: Analyse clip writes to it.");
    prepare(scene);
    scene.python.onAnalyse = [](const auto&, auto&) -> RecordBytes {
        throw evenlight::ofx::Error(kOfxStatErrMemory, "out of memory");
    };
    CHECK(press(scene) == kOfxStatErrMemory);
    CHECK(scene.instance.persistent == "out of memory");
    CHECK(scene.instance.progressBars == 0 && scene.allReleased());
    scene.instance.clips["Source"].values.erase(kOfxImageEffectPropFrameRange);
    CHECK(press(scene) == kOfxStatOK);
    CHECK(scene.instance.persistent.find("which frames the clip has") != std::string::npos);
    scene.host.properties.values[kOfxImageEffectPropTemporalClipAccess] = {0};
    CHECK(press(scene) == kOfxStatOK);
    CHECK(scene.instance.persistent.find("current frame alone") != std::string::npos);
}

TEST(frames_needed_shrink_where_the_analysis_serves) {
    Scene scene;
    const std::vector<std::pair<FramesNeeded, std::pair<double, double>>> answers{
        {{0, 0, ""}, {5, 5}}, {{1, 0, ""}, {4, 5}}, {{2, 2, "it is stale"}, {3, 7}}};
    for (const auto& [answer, range] : answers) {
        scene.instance.params["file"].text = "shot.evenlight";
        scene.python.onFramesNeeded = [&, needed = answer](const auto& request) {
            CHECK(request.time == 5);
            return needed;
        };
        fake::Properties in;
        in.values[kOfxPropTime] = {5.0};
        fake::Properties out;
        CHECK(scene.act(kOfxImageEffectActionGetFramesNeeded, &in, &out) == kOfxStatOK);
        CHECK(out.at<double>(kSourceRange, 0) == range.first);
        CHECK(out.at<double>(kSourceRange, 1) == range.second);
    }
    CHECK(scene.instance.clips["Source"].fetched.empty());
}

TEST(frames_needed_are_all_where_python_cannot_be_asked) {
    Scene scene;
    prepare(scene);
    scene.python.startError = "no Python";
    fake::Properties in;
    in.values[kOfxPropTime] = {5.0};
    fake::Properties out;
    CHECK(scene.act(kOfxImageEffectActionGetFramesNeeded, &in, &out) == kOfxStatOK);
    CHECK(out.at<double>(kSourceRange, 0) == 3 && out.at<double>(kSourceRange, 1) == 7);
}

TEST(without_temporal_access_an_analysis_that_serves_lets_the_frame_be_rendered) {
    Scene scene;
    prepare(scene);
    scene.host.properties.values[kOfxImageEffectPropTemporalClipAccess] = {0};
    int rendered = 0;
    scene.python.onProcess = [&](const auto& request, auto&, const auto&) {
        CHECK(request.alone && request.before == 2);
        ++rendered;
        return std::string();
    };
    const std::vector<FramesNeeded> answers{{0, 0, ""}, {2, 2, "it was made with other settings"}};
    for (const FramesNeeded& needed : answers) {
        scene.python.onFramesNeeded = [&](const auto&) { return needed; };
        CHECK(scene.render() == kOfxStatOK);
    }
    CHECK(rendered == 1);
    CHECK(scene.instance.persistent.find("it was made with other settings.") != std::string::npos);
}
