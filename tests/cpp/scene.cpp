// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

namespace fake {
namespace {

using evenlight::schema::ChoiceOption;
using evenlight::schema::IdentityTerm;
using evenlight::schema::ParamKind;

constexpr ChoiceOption kViews[] = {{"result", "Result", "Result"},
                                   {"difference", "What changed", "Difference"}};
constexpr evenlight::schema::Need kNeedsStrength[] = {{0, 0, 0}};
constexpr evenlight::schema::Need kNeedsCutOrView[] = {{0, 2, 0}, {0, 3, 0}, {1, 0, 0}};
constexpr evenlight::schema::Param kParams[] = {
    {ParamKind::Double, "strength", "Strength", "How much.", nullptr, 0, 2, 1, nullptr, 0, false,
     nullptr, 0, false},
    {ParamKind::Integer, "radius", "Radius", "How far.", "Time", 0, 8, 2, nullptr, 0, false,
     kNeedsStrength, 1, false},
    {ParamKind::Boolean, "cut", "Cut", "A new shot.", "Time", 0, 0, 0, nullptr, 0, true,
     kNeedsCutOrView, 3, false},
    {ParamKind::Choice, "view", "View", "What is shown.", nullptr, 0, 0, 0, kViews, 2, false,
     nullptr, 0, true},
    {ParamKind::Analysis, "file", "File", "Of an analysis.", "Time", 0, 0, 0, nullptr, 0, false,
     nullptr, 0, true},
};
constexpr IdentityTerm kIdentity[] = {{0, 0}, {3, 0}};
constexpr double kGentle[] = {0.5, 4, 0, 1, 0};
constexpr evenlight::schema::Preset kPresets[] = {{"Gentle", "Little is done.", kGentle}};
constexpr evenlight::schema::Effect kEffect = {
    "org.evenlight.test",        "Test",    "Tests.", "**Help**", 1, 0, kParams, 5,      1, 1,
    evenlight::schema::kNoParam, kIdentity, 2,        kPresets,   1, 2, 1,       nullptr};

}  // namespace

const evenlight::schema::Effect& testEffect() {
    return kEffect;
}

Scene::Scene(const ImageOptions& options) : output(std::make_unique<Image>(options)) {
    python.onProcess = [](const auto&, auto&, const auto&) { return std::string(); };
    python.onFramesNeeded = [](const auto& request) {
        return evenlight::FramesNeeded{request.before, request.after, ""};
    };
    python.onAnalyse = [](const auto&, auto&) { return evenlight::RecordBytes(); };
    python.onErrand = [](auto, const auto&, const auto&, auto&) { return std::string(); };
    python.onSaveAnalysis = [](const auto&, const auto&) { return evenlight::SavedAnalysis(); };
    python.startError.clear();
    python.started = 0;
    python.opened = 0;
    plugin.setHost(host.handle());
    act(kOfxActionLoad);
    plugin.run(kOfxActionDescribe, &descriptor, nullptr, nullptr);
    plugin.run(kOfxImageEffectActionDescribeInContext, &descriptor, nullptr, nullptr);
    for (const evenlight::schema::Param& param : kParams)
        instance.params[param.name] = {descriptor.params[param.name].type,
                                       {},
                                       [value = param.initial](double) { return value; }};
    for (const char* name : {"analysis_state", "note", "preset_file"})
        instance.params[name].type = kOfxParamTypeString;
    for (const char* name : {"analyse_clip", "load_preset", "save_preset", "auto_settings"})
        instance.params[name].type = kOfxParamTypePushButton;
    instance.params["preset"] = {kOfxParamTypeChoice, {}, [](double) { return 0.0; }};
    for (int time = 0; time < 10; ++time) {
        frames[time] = std::make_unique<Image>(options);
        if (options.depth == evenlight::ofx::Depth::Float)
            frames[time]->fill(static_cast<float>(time));
    }
    instance.clips["Source"].imageAt = [this](double time) {
        const auto found = frames.find(time);
        return found == frames.end() ? nullptr : found->second.get();
    };
    instance.clips["Output"].imageAt = [this](double) { return output.get(); };
    instance.clips["Mask"];
    act(kOfxActionCreateInstance);
}

Scene::~Scene() {
    act(kOfxActionDestroyInstance);
}

OfxStatus Scene::act(const char* action, Properties* in, Properties* out) {
    return plugin.run(action, &instance, in == nullptr ? nullptr : in->handle(),
                      out == nullptr ? nullptr : out->handle());
}

OfxStatus Scene::render(double time, std::optional<OfxRectI> window) {
    const OfxRectI w = window ? *window : output->pixels().bounds;
    Properties in;
    in.values[kOfxPropTime] = {time};
    in.values[kOfxImageEffectPropRenderWindow] = {w.x1, w.y1, w.x2, w.y2};
    return act(kOfxImageEffectActionRender, &in);
}

void Scene::set(const std::string& param, double value) {
    instance.params.at(param).at = [value](double) { return value; };
}

bool Scene::allReleased() const {
    for (const auto& frame : frames)
        if (frame.second->held != 0) return false;
    return output->held == 0;
}

}  // namespace fake
