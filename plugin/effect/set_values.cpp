// SPDX-License-Identifier: Apache-2.0
#include "effect/set_values.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "effect/panel.h"

namespace evenlight {
namespace {

using schema::Param;
using schema::ParamKind;

const Param* paramNamed(const schema::Effect& effect, const std::string& name) {
    const Param* end = effect.params + effect.paramCount;
    const Param* found =
        std::find_if(effect.params, end, [&](const Param& param) { return param.name == name; });
    return found == end ? nullptr : found;
}

/// A value as the command line writes it; nothing for what is none.
std::optional<double> numberOf(const Param& param, const std::string& text) {
    if (param.kind == ParamKind::Boolean) return text == "on" ? 1.0 : 0.0;
    for (std::size_t i = 0; i < param.optionCount; ++i)
        if (text == param.options[i].name) return static_cast<double>(i);
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || param.kind == ParamKind::Choice) return std::nullopt;
    return std::clamp(number, param.low, param.high);
}

void setKey(const ofx::ParamSet& params, const Param& param, const std::string& key) {
    const std::size_t colon = key.find(':');
    const std::optional<double> number = numberOf(param, key.substr(colon + 1));
    if (!number) return;
    const OfxTime time = std::strtod(key.c_str(), nullptr);
    if (param.kind == ParamKind::Double)
        params.setAt(param.name, time, *number);
    else
        params.setAt(param.name, time, static_cast<int>(*number));
}

void setText(const Call& call, const Param& param, const std::string& text) {
    const ofx::ParamSet params(call.suites, call.handle);
    if (text.find(':') == std::string::npos) {
        if (const auto number = numberOf(param, text))
            setValue(params, param, *number, call.time());
        return;
    }
    setValue(params, param, param.initial,
             call.time());  // in place of the keyframes that are there
    std::istringstream keys(text);
    for (std::string key; std::getline(keys, key, ',');) setKey(params, param, key);
}

}  // namespace

std::string setValues(const Call& call, const std::string& answer, const char* edit) {
    std::istringstream lines(answer);
    std::string said;
    std::getline(lines, said);
    const ofx::ParamEdit step(ofx::ParamSet(call.suites, call.handle), edit);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t equals = line.find('=');
        const Param* param = paramNamed(call.effect, line.substr(0, equals));
        if (equals == std::string::npos || param == nullptr) continue;
        if (param->isKept || schema::isName(param->kind)) continue;
        setText(call, *param, line.substr(equals + 1));
    }
    showCustom(call);
    return said;
}

}  // namespace evenlight
