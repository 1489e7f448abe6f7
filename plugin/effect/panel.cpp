// SPDX-License-Identifier: Apache-2.0
#include "effect/panel.h"

#include <algorithm>
#include <exception>

#include "effect/describe.h"
#include "effect/params.h"
#include "ofx/clip.h"
#include "ofx/error.h"

namespace evenlight {
namespace {

using schema::Param;
using schema::ParamKind;

/// Options of the choice that come before the presets.
constexpr const char* kCustom = "Custom";
constexpr const char* kDefaults = "Defaults";
constexpr int kFirstPreset = 2;
constexpr const char* kFileGroup = "Preset file";
/// Letters of a line of the note: as many as a panel shows that was not widened.
constexpr std::size_t kLineOfNote = 60;

ofx::ParamSet paramsOf(const Call& call) {
    return {call.suites, call.handle};
}

/// The text in lines, for hosts cut what is wider than their panel.
std::string inLines(std::string text) {
    std::size_t begin = 0;
    while (text.size() - begin > kLineOfNote) {
        const std::size_t space = text.rfind(' ', begin + kLineOfNote);
        if (space == std::string::npos || space <= begin) break;
        text[space] = '\n';
        begin = space + 1;
    }
    return text;
}

/// A parameter that no render looks at.
void setIdle(const ofx::PropertySet& properties) {
    properties.set(kOfxParamPropAnimates, 0);
    properties.set(kOfxParamPropEvaluateOnChange, 0);
}

bool isInteger(const Param& param) {
    return param.kind != ParamKind::Double;
}

double valueOf(const ofx::ParamSet& params, const Param& param, OfxTime time) {
    return isInteger(param) ? params.at<int>(param.name, time)
                            : params.at<double>(param.name, time);
}

/// Whether a parameter is on, as `schema::Need` has it; one that changes over time is.
bool isOn(const ofx::ParamSet& params, const Param& param, double off, OfxTime time) {
    if (schema::isName(param.kind)) return !params.text(param.name, time).empty();
    return params.isKeyed(param.name) || valueOf(params, param, time) != off;
}

/// The needs of one number hold where one of them does, and all numbers must.
bool hasEffect(const Call& call, const ofx::ParamSet& params, const Param& param) {
    const schema::Need* end = param.needs + param.needCount;
    for (const schema::Need* need = param.needs; need != end;) {
        const std::size_t number = need->number;
        bool isMet = false;
        for (; need != end && need->number == number; ++need)
            isMet = isMet || isOn(params, call.effect.params[need->param], need->off, call.time());
        if (!isMet) return false;
    }
    return true;
}

void refresh(const Call& call) {
    const ofx::ParamSet params = paramsOf(call);
    for (std::size_t i = 0; i < call.effect.paramCount; ++i) {
        const Param& param = call.effect.params[i];
        if (param.needCount > 0) params.enable(param.name, hasEffect(call, params, param));
        if (param.kind == ParamKind::Analysis)
            params.enable(kAnalyseButton, !params.text(param.name, call.time()).empty());
    }
    const bool isNamed = !params.text(kPresetFile, call.time()).empty();
    for (const char* button : {kLoadButton, kSaveButton}) params.enable(button, isNamed);
}

}  // namespace

void definePresets(PanelWriter& panel, const schema::Effect& effect) {
    const ofx::PropertySet choice = panel.add(
        kOfxParamTypeChoice, kPresetChoice, "Preset",
        "Sets the controls below for a kind of material; Custom where one was changed.", nullptr);
    int option = 0;
    for (const char* name : {kCustom, kDefaults})
        choice.set(kOfxParamPropChoiceOption, name, option++);
    for (std::size_t i = 0; i < effect.presetCount; ++i)
        choice.set(kOfxParamPropChoiceOption, effect.presets[i].name, option++);
    choice.set(kOfxParamPropDefault, 0);
    setIdle(choice);
    panel.add(kOfxParamTypePushButton, kAutoButton, "Auto",
              "Looks at the clip and sets the controls to suit it; the note says why.", nullptr);
    const ofx::PropertySet note =
        panel.add(kOfxParamTypeString, kNote, "Note", "What a button did last.", nullptr);
    note.set(kOfxParamPropStringMode, kOfxParamStringIsLabel);
    note.set(kOfxParamPropDefault, "");
    setIdle(note);
}

void definePresetFile(PanelWriter& panel) {
    const ofx::PropertySet file =
        panel.add(kOfxParamTypeString, kPresetFile, "Preset file",
                  "A preset that is loaded or saved here, JSON or YAML.", kFileGroup);
    file.set(kOfxParamPropStringMode, kOfxParamStringIsFilePath);
    file.set(kOfxParamPropStringFilePathExists, 0);
    file.set(kOfxParamPropDefault, "");
    setIdle(file);
    panel.add(kOfxParamTypePushButton, kLoadButton, "Load preset",
              "Sets the controls as the preset file has them.", kFileGroup);
    panel.add(kOfxParamTypePushButton, kSaveButton, "Save preset",
              "Writes the controls, as they are at this frame, to the preset file.", kFileGroup);
}

void setValue(const ofx::ParamSet& params, const Param& param, double value, OfxTime time) {
    if (!params.isKeyed(param.name) && valueOf(params, param, time) == value) return;
    if (isInteger(param))
        params.set(param.name, static_cast<int>(value));
    else
        params.set(param.name, value);
}

void applyPreset(const Call& call) {
    const ofx::ParamSet params = paramsOf(call);
    const int option = params.at<int>(kPresetChoice, call.time());
    if (option < kFirstPreset - 1) return;
    const auto index = static_cast<std::size_t>(option - kFirstPreset);
    const bool isDefaults = option < kFirstPreset;
    if (!isDefaults && index >= call.effect.presetCount) return;
    const std::string name = isDefaults ? kDefaults : call.effect.presets[index].name;
    {
        const ofx::ParamEdit edit(params, "Preset " + name);
        for (std::size_t i = 0; i < call.effect.paramCount; ++i) {
            const Param& param = call.effect.params[i];
            if (param.isKept || schema::isName(param.kind)) continue;
            const double value = isDefaults ? param.initial : call.effect.presets[index].values[i];
            setValue(params, param, value, call.time());
        }
    }
    note(call, isDefaults ? std::string() : call.effect.presets[index].about);
}

void showCustom(const Call& call) {
    const ofx::ParamSet params = paramsOf(call);
    if (params.at<int>(kPresetChoice, call.time()) != 0) params.set(kPresetChoice, 0);
}

void useConnectedMask(const Call& call) {
    const ofx::Clip mask(call.suites, call.handle, kMaskClip);
    if (!mask.isConnected()) return;
    const ofx::ParamSet params = paramsOf(call);
    const Param& param = call.effect.params[call.effect.maskParam];
    if (isOn(params, param, param.initial, call.time())) return;
    setValue(params, param, call.effect.maskValue, call.time());
}

void refreshEnabled(const Call& call) noexcept {
    try {
        refresh(call);
    } catch (const std::exception&) {
        return;  // a convenience, which no host needs
    }
}

void note(const Call& call, const std::string& text) {
    try {
        paramsOf(call).setText(kNote, inLines(text));
    } catch (const ofx::Error&) {
        return;  // the message says it too
    }
}

}  // namespace evenlight
