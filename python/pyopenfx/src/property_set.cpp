// SPDX-License-Identifier: Apache-2.0
#include "property_set.h"

#include <string_view>

#include "host.h"

namespace pyopenfx {
namespace {

std::map<std::string, std::vector<Rule>>& rules() {
    static std::map<std::string, std::vector<Rule>> table;
    return table;
}

Type typeOf(const Value& value) {
    return static_cast<Type>(value.index());
}

}  // namespace

const char* nameOf(Type type) {
    constexpr const char* kNames[] = {"int", "double", "string", "pointer"};
    return kNames[static_cast<int>(type)];
}

void defineRules(const std::string& kind, std::vector<Rule> table) {
    rules()[kind] = std::move(table);
}

PropertySet::PropertySet(const std::string& kind, std::string what)
    : kind_(kind), what_(std::move(what)) {
    for (const Rule& rule : rules()[kind]) {
        properties_[rule.name] = {rule.type, rule.dimension, rule.initial, rule.initial};
    }
}

PropertySet::Properties::iterator PropertySet::findForSet(const char* name, Type type,
                                                          OfxStatus& status) {
    const auto found = properties_.find(name);
    if (found == properties_.end()) {
        const bool isTheirs = std::string_view(name).substr(0, 4).find("Ofx") == std::string::npos;
        report("unknown-property", isTheirs ? Severity::Note : Severity::Warning,
               std::string(name) + " is set on " + what_ + ", which has no such property");
        status = kOfxStatErrUnknown;
    } else if (found->second.type != type) {
        report("property-type", Severity::Error,
               std::string(name) + " of " + what_ + " is a " + nameOf(found->second.type) +
                   " and is set as a " + nameOf(type));
        status = kOfxStatErrValue;
    } else {
        status = kOfxStatOK;
    }
    return found;
}

OfxStatus PropertySet::set(const char* name, int index, const Value& value) {
    noteAccess({kind_, name, typeOf(value), index, true});
    const std::scoped_lock lock(mutex_);
    OfxStatus status = kOfxStatOK;
    const auto found = findForSet(name, typeOf(value), status);
    if (status != kOfxStatOK) return status;
    Property& property = found->second;
    const std::size_t limit = property.dimension ? static_cast<std::size_t>(property.dimension)
                                                 : property.values.size() + 1;
    if (index < 0 || static_cast<std::size_t>(index) >= limit) {
        report("property-index", Severity::Error,
               std::string(name) + " of " + what_ + " is set at index " + std::to_string(index) +
                   "; it has " + std::to_string(property.values.size()) + " values");
        return kOfxStatErrBadIndex;
    }
    const auto at = static_cast<std::size_t>(index);
    if (at >= property.values.size()) property.values.resize(at + 1, value);
    property.values[at] = value;
    return kOfxStatOK;
}

OfxStatus PropertySet::setAll(const char* name, std::vector<Value> values) {
    if (values.empty()) return kOfxStatErrBadIndex;
    noteAccess({kind_, name, typeOf(values.front()), static_cast<int>(values.size()) - 1, true});
    const std::scoped_lock lock(mutex_);
    OfxStatus status = kOfxStatOK;
    const auto found = findForSet(name, typeOf(values.front()), status);
    if (status != kOfxStatOK) return status;
    Property& property = found->second;
    if (property.dimension && values.size() > static_cast<std::size_t>(property.dimension)) {
        report("property-index", Severity::Error,
               std::string(name) + " of " + what_ + " has dimension " +
                   std::to_string(property.dimension) + " and is given " +
                   std::to_string(values.size()) + " values");
        return kOfxStatErrBadIndex;
    }
    if (property.dimension && property.values.size() > values.size()) {
        std::copy(values.begin(), values.end(), property.values.begin());
    } else {
        property.values = std::move(values);
    }
    return kOfxStatOK;
}

OfxStatus PropertySet::get(const char* name, int index, Type type, const Value** value) const {
    noteAccess({kind_, name, type, index, false});
    const std::scoped_lock lock(mutex_);
    const auto found = properties_.find(name);
    if (found == properties_.end()) return kOfxStatErrUnknown;
    const Property& property = found->second;
    if (property.type != type) {
        report("property-type", Severity::Error,
               std::string(name) + " of " + what_ + " is a " + nameOf(property.type) +
                   " and is read as a " + nameOf(type));
        return kOfxStatErrValue;
    }
    if (index < 0 || static_cast<std::size_t>(index) >= property.values.size()) {
        return kOfxStatErrBadIndex;
    }
    *value = &property.values[static_cast<std::size_t>(index)];
    return kOfxStatOK;
}

OfxStatus PropertySet::dimension(const char* name, int* count) const {
    const std::scoped_lock lock(mutex_);
    const auto found = properties_.find(name);
    if (found == properties_.end()) return kOfxStatErrUnknown;
    *count = static_cast<int>(found->second.values.size());
    return kOfxStatOK;
}

OfxStatus PropertySet::reset(const char* name) {
    const std::scoped_lock lock(mutex_);
    const auto found = properties_.find(name);
    if (found == properties_.end()) return kOfxStatErrUnknown;
    found->second.values = found->second.initial;
    return kOfxStatOK;
}

void PropertySet::put(const std::string& name, std::vector<Value> values) {
    const std::scoped_lock lock(mutex_);
    const auto found = properties_.find(name);
    if (found != properties_.end()) {
        found->second.values = std::move(values);
    } else if (!values.empty()) {
        const Type type = typeOf(values.front());
        properties_[name] = {type, 0, values, values};
    }
}

std::vector<Value> PropertySet::values(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto found = properties_.find(name);
    return found == properties_.end() ? std::vector<Value>{} : found->second.values;
}

std::vector<std::string> PropertySet::names() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> all;
    for (const auto& [name, property] : properties_) all.push_back(name);
    return all;
}

void PropertySet::erase(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    properties_.erase(name);
}

void PropertySet::copyFrom(const PropertySet& other) {
    const std::scoped_lock lock(mutex_, other.mutex_);
    for (const auto& [name, property] : other.properties_) properties_[name] = property;
}

}  // namespace pyopenfx
