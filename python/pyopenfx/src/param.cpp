// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "effect.h"
#include "ofxImageEffect.h"
#include "ofxParam.h"

namespace pyopenfx {
namespace {

struct Shape {
    const char* type;
    Type partType;
    std::size_t parts;
    bool interpolates;
};

constexpr Shape kShapes[] = {
    {kOfxParamTypeInteger, Type::Int, 1, true},
    {kOfxParamTypeDouble, Type::Double, 1, true},
    {kOfxParamTypeBoolean, Type::Int, 1, false},
    {kOfxParamTypeChoice, Type::Int, 1, false},
    {kOfxParamTypeRGBA, Type::Double, 4, true},
    {kOfxParamTypeRGB, Type::Double, 3, true},
    {kOfxParamTypeDouble2D, Type::Double, 2, true},
    {kOfxParamTypeInteger2D, Type::Int, 2, true},
    {kOfxParamTypeDouble3D, Type::Double, 3, true},
    {kOfxParamTypeInteger3D, Type::Int, 3, true},
    {kOfxParamTypeString, Type::String, 1, false},
    {kOfxParamTypeCustom, Type::String, 1, false},
    {"OfxParamTypeStrChoice", Type::String, 1, false},
};

Shape shapeOf(const std::string& type) {
    for (const Shape& shape : kShapes) {
        if (type == shape.type) return shape;
    }
    return {"", Type::Int, 0, false};  // groups, pages and push buttons hold no value
}

Value blend(const Value& from, const Value& to, double share) {
    if (const auto* low = std::get_if<double>(&from)) {
        return *low + (std::get<double>(to) - *low) * share;
    }
    const double low = std::get<int>(from);
    return static_cast<int>(std::lround(low + (std::get<int>(to) - low) * share));
}

double number(const Value& value) {
    const auto* real = std::get_if<double>(&value);
    return real ? *real : std::get<int>(value);
}

}  // namespace

Param::Param(std::string paramName, std::string paramType, std::weak_ptr<Effect> owner)
    : name(std::move(paramName)),
      type(std::move(paramType)),
      effect(std::move(owner)),
      properties(std::make_shared<PropertySet>("param." + type, "parameter " + name)) {
    const Shape shape = shapeOf(type);
    partType_ = shape.partType;
    parts_ = shape.parts;
    interpolates_ = shape.interpolates;
    properties->put(kOfxPropName, {name});
    properties->put(kOfxPropLabel, {name});
    properties->put(kOfxParamPropScriptName, {name});
}

void Param::open() {
    handle = OwnedHandle(Kind::Param, shared_from_this());
    propertiesHandle = OwnedHandle(Kind::Properties, properties);
}

void Param::close() {
    handle = OwnedHandle();
    propertiesHandle = OwnedHandle();
}

void Param::initialise() {
    if (parts_ == 0) return;
    std::vector<Value> initial = properties->values(kOfxParamPropDefault);
    const Value nothing = partType_ == Type::Int      ? Value(0)
                          : partType_ == Type::Double ? Value(0.0)
                                                      : Value(std::string());
    initial.resize(parts_, nothing);
    const std::scoped_lock lock(mutex_);
    value_ = std::move(initial);
}

std::vector<Value> Param::valueAt(std::optional<double> time) const {
    const std::scoped_lock lock(mutex_);
    if (keys_.empty() || !time) return keys_.empty() ? value_ : keys_.begin()->second;
    const auto after = keys_.upper_bound(*time);
    if (after == keys_.begin()) return after->second;
    const auto before = std::prev(after);
    if (after == keys_.end() || !interpolates_) return before->second;
    const double share = (*time - before->first) / (after->first - before->first);
    std::vector<Value> mixed;
    for (std::size_t part = 0; part < parts_; ++part) {
        mixed.push_back(blend(before->second[part], after->second[part], share));
    }
    return mixed;
}

void Param::set(std::vector<Value> value) {
    const std::scoped_lock lock(mutex_);
    value_ = std::move(value);
}

void Param::markAnimating() {
    properties->put(kOfxParamPropIsAnimating, {static_cast<int>(!keys().empty())});
}

void Param::setKey(double time, std::vector<Value> value) {
    {
        const std::scoped_lock lock(mutex_);
        keys_[time] = std::move(value);
    }
    markAnimating();
}

std::vector<double> Param::keys() const {
    const std::scoped_lock lock(mutex_);
    std::vector<double> times;
    for (const auto& [time, value] : keys_) times.push_back(time);
    return times;
}

bool Param::deleteKey(double time) {
    bool existed = false;
    {
        const std::scoped_lock lock(mutex_);
        existed = keys_.erase(time) > 0;
    }
    markAnimating();
    return existed;
}

void Param::deleteKeys() {
    {
        const std::scoped_lock lock(mutex_);
        keys_.clear();
    }
    markAnimating();
}

void Param::copyFrom(const Param& other, double offset, double first, double last) {
    if (&other == this) return;
    {
        const std::scoped_lock lock(mutex_, other.mutex_);
        value_ = other.value_;
        keys_.clear();
        for (const auto& [time, value] : other.keys_) {
            if (first <= time && time <= last) keys_[time + offset] = value;
        }
    }
    markAnimating();
}

std::vector<double> Param::derivative(double time) const {
    constexpr double kStep = 1e-3;  // frames
    const std::vector<Value> before = valueAt(time - kStep);
    const std::vector<Value> after = valueAt(time + kStep);
    std::vector<double> slope;
    for (std::size_t part = 0; part < parts_; ++part) {
        slope.push_back((number(after[part]) - number(before[part])) / (2 * kStep));
    }
    return slope;
}

std::vector<double> Param::integral(double from, double to) const {
    // Values are linear between keys, so trapezia between the keys are exact.
    std::vector<double> stops{from};
    for (const double key : keys()) {
        if (key > from && key < to) stops.push_back(key);
    }
    stops.push_back(to);
    std::vector<double> area(parts_, 0.0);
    for (std::size_t stop = 1; stop < stops.size(); ++stop) {
        const std::vector<Value> left = valueAt(stops[stop - 1]);
        const std::vector<Value> right = valueAt(stops[stop]);
        const double width = stops[stop] - stops[stop - 1];
        for (std::size_t part = 0; part < parts_; ++part) {
            area[part] += width * (number(left[part]) + number(right[part])) / 2;
        }
    }
    return area;
}

}  // namespace pyopenfx
