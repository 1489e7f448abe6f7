// SPDX-License-Identifier: Apache-2.0
#include "effect/define.h"

#include <algorithm>
#include <cctype>

namespace evenlight {
namespace {

constexpr const char* kPage = "Controls";

void setLabels(const ofx::PropertySet& properties, const char* label) {
    for (const char* key : {kOfxPropLabel, kOfxPropShortLabel, kOfxPropLongLabel})
        properties.set(key, label);
}

}  // namespace

PanelWriter::PanelWriter(const ofx::ParamSet& params)
    : params_(params), page_(params.define(kOfxParamTypePage, kPage)) {
    setLabels(page_, kPage);
}

ofx::PropertySet PanelWriter::add(const char* type, const char* name, const char* label,
                                  const char* hint, const char* group, bool isShown) {
    const char* parent = group == nullptr ? nullptr : groupNamed(group).c_str();
    const ofx::PropertySet properties = params_.define(type, name);
    setLabels(properties, label);
    properties.set(kOfxParamPropHint, hint);
    properties.set(kOfxParamPropScriptName, name);
    if (parent != nullptr) properties.set(kOfxParamPropParent, parent);
    if (isShown) page_.set(kOfxParamPropPageChild, name, shown_++);
    return properties;
}

const std::string& PanelWriter::groupNamed(const char* label) {
    const auto known = groups_.find(label);
    if (known != groups_.end()) return known->second;
    std::string name = std::string("group") + label;
    const auto isSpace = [](unsigned char c) { return std::isspace(c) != 0; };
    name.erase(std::remove_if(name.begin(), name.end(), isSpace), name.end());
    const ofx::PropertySet group = params_.define(kOfxParamTypeGroup, name.c_str());
    setLabels(group, label);
    group.set(kOfxParamPropGroupOpen, 0);
    return groups_[label] = name;
}

}  // namespace evenlight
