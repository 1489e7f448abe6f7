// SPDX-License-Identifier: Apache-2.0
#include "effect/params.h"

#include <algorithm>

namespace evenlight {
namespace {

using schema::ParamKind;

const char* typeOf(ParamKind kind) {
    switch (kind) {
        case ParamKind::Double:
            return kOfxParamTypeDouble;
        case ParamKind::Integer:
            return kOfxParamTypeInteger;
        case ParamKind::Boolean:
            return kOfxParamTypeBoolean;
        case ParamKind::Choice:
            return kOfxParamTypeChoice;
        case ParamKind::Analysis:
        case ParamKind::File:
            return kOfxParamTypeString;
    }
    return kOfxParamTypeDouble;
}

/// Both ranges, always: without them Resolve holds a double to [-1, 1] and an integer to [0, 0].
template <class T>
void setRange(const ofx::PropertySet& properties, const schema::Param& param) {
    for (const char* key : {kOfxParamPropMin, kOfxParamPropDisplayMin})
        properties.set(key, static_cast<T>(param.low));
    for (const char* key : {kOfxParamPropMax, kOfxParamPropDisplayMax})
        properties.set(key, static_cast<T>(param.high));
}

void setKind(const ofx::PropertySet& properties, const schema::Param& param, bool areLabelsStored) {
    if (param.kind == ParamKind::Double) {
        properties.set(kOfxParamPropDefault, param.initial);
        properties.set(kOfxParamPropDoubleType, kOfxParamDoubleTypePlain);
        properties.set(kOfxParamPropDigits, 3);
        setRange<double>(properties, param);
        return;
    }
    if (schema::isName(param.kind)) {
        properties.set(kOfxParamPropDefault, "");
        properties.set(kOfxParamPropStringMode, kOfxParamStringIsFilePath);
        // The button may write an analysis.
        properties.set(kOfxParamPropStringFilePathExists, param.kind == ParamKind::File ? 1 : 0);
        return;
    }
    properties.set(kOfxParamPropDefault, static_cast<int>(param.initial));
    if (param.kind == ParamKind::Integer) setRange<int>(properties, param);
    for (std::size_t i = 0; i < param.optionCount; ++i) {
        const schema::ChoiceOption& option = param.options[i];
        const auto index = static_cast<int>(i);
        properties.set(kOfxParamPropChoiceOption, areLabelsStored ? option.stored : option.label,
                       index);
        properties.offer(kOfxParamPropChoiceEnum, option.stored, index);  // Natron stores it
    }
}

/// The button that writes an Analysis, and the hidden text that follows it.
void defineAnalysis(PanelWriter& panel, const char* group) {
    panel.add(kOfxParamTypePushButton, kAnalyseButton, "Analyse clip",
              "Write what each frame lacks to the Analysis file, with the settings as they are.",
              group);
    const ofx::PropertySet state = panel.add(kOfxParamTypeString, kAnalysisState, "Analysis state",
                                             "What the button wrote.", group, false);
    state.set(kOfxParamPropDefault, "");
    state.set(kOfxParamPropAnimates, 0);
    state.set(kOfxParamPropSecret, 1);
    state.set(kOfxParamPropEvaluateOnChange, 1);
}

}  // namespace

void defineParams(PanelWriter& panel, const schema::Effect& effect, std::size_t first,
                  std::size_t count, bool areLabelsStored) {
    for (std::size_t i = first; i < first + count; ++i) {
        const schema::Param& param = effect.params[i];
        const ofx::PropertySet properties =
            panel.add(typeOf(param.kind), param.name, param.label, param.hint, param.group);
        properties.set(kOfxParamPropAnimates, schema::isName(param.kind) ? 0 : 1);
        setKind(properties, param, areLabelsStored);
        if (param.kind == ParamKind::Analysis) defineAnalysis(panel, param.group);
    }
}

double ParamReader::number(const schema::Param& param, OfxTime time) const {
    return param.kind == ParamKind::Double ? params_.at<double>(param.name, time)
                                           : params_.at<int>(param.name, time);
}

/// Hosts keep to the ranges; an expression or an old project may not.
int ParamReader::frames(std::size_t param) const {
    const schema::Param& declared = effect_->params[param];
    const double value = params_.at<int>(declared.name, time_);
    return static_cast<int>(std::clamp(value, std::max(0.0, declared.low), declared.high));
}

std::string ParamReader::analysis() const {
    const schema::Param* end = effect_->params + effect_->paramCount;
    const schema::Param* file = std::find_if(effect_->params, end, [](const schema::Param& param) {
        return param.kind == ParamKind::Analysis;
    });
    return file == end ? std::string() : params_.text(file->name, time_);
}

Window ParamReader::window() const {
    const std::size_t by = effect_->windowTimes;
    const int times = by == schema::kNoParam ? 1 : frames(by);
    return {times * frames(effect_->windowBefore), times * frames(effect_->windowAfter)};
}

bool ParamReader::isIdentity() const {
    const schema::IdentityTerm* end = effect_->identity + effect_->identityCount;
    return effect_->identityCount > 0 &&
           std::all_of(effect_->identity, end, [&](const schema::IdentityTerm& term) {
               return number(effect_->params[term.param], time_) == term.value;
           });
}

ParamValue ParamReader::value(const schema::Param& param) const {
    if (schema::isName(param.kind)) return params_.text(param.name, time_);
    const double number = this->number(param, time_);
    switch (param.kind) {
        case ParamKind::Boolean:
            return number != 0;
        case ParamKind::Integer:
            return static_cast<int>(std::clamp(number, param.low, param.high));
        case ParamKind::Choice: {
            const double last = static_cast<double>(param.optionCount) - 1;
            const auto index = static_cast<std::size_t>(std::clamp(number, 0.0, last));
            return std::string(param.options[index].name);
        }
        case ParamKind::Double:
        case ParamKind::Analysis:
        case ParamKind::File:
            break;
    }
    return std::clamp(number, param.low, param.high);
}

ParamValue ParamReader::samples(const schema::Param& param, Window window) const {
    std::vector<double> samples;
    for (int offset = -window.before; offset <= window.after; ++offset)
        samples.push_back(number(param, time_ + offset));
    return samples;
}

std::vector<std::pair<std::string, ParamValue>> ParamReader::values(Window window) const {
    std::vector<std::pair<std::string, ParamValue>> values;
    for (std::size_t i = 0; i < effect_->paramCount; ++i) {
        const schema::Param& param = effect_->params[i];
        values.emplace_back(param.name, param.perFrame ? samples(param, window) : value(param));
    }
    return values;
}

}  // namespace evenlight
