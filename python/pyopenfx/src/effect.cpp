// SPDX-License-Identifier: Apache-2.0
#include "effect.h"

#include <algorithm>

#include "ofxImageEffect.h"

namespace pyopenfx {

Clip::Clip(std::string clipName, std::weak_ptr<Effect> owner)
    : name(std::move(clipName)),
      effect(std::move(owner)),
      properties(std::make_shared<PropertySet>("clip", "clip " + name)) {
    properties->put(kOfxPropName, {name});
    properties->put(kOfxPropLabel, {name});
}

void Clip::open() {
    handle = OwnedHandle(Kind::Clip, shared_from_this());
    propertiesHandle = OwnedHandle(Kind::Properties, properties);
}

void Clip::close() {
    handle = OwnedHandle();
    propertiesHandle = OwnedHandle();
    image = nullptr;
    regionOfDefinition = nullptr;
}

Effect::Effect(std::string name)
    : label(std::move(name)),
      properties(std::make_shared<PropertySet>("effect", "effect " + label)),
      paramProperties(std::make_shared<PropertySet>("params", "the parameter set of " + label)) {}

void Effect::open() {
    handle = OwnedHandle(Kind::Effect, shared_from_this());
    paramsHandle = OwnedHandle(Kind::Params, shared_from_this());
    propertiesHandle = OwnedHandle(Kind::Properties, properties);
    paramPropertiesHandle = OwnedHandle(Kind::Properties, paramProperties);
}

void Effect::close() {
    for (const auto& each : clips) each->close();
    for (const auto& each : params) each->close();
    handle = OwnedHandle();
    paramsHandle = OwnedHandle();
    propertiesHandle = OwnedHandle();
    paramPropertiesHandle = OwnedHandle();
}

std::shared_ptr<Clip> Effect::addClip(const std::string& clipName) {
    auto made =
        std::make_shared<Clip>(clipName, std::static_pointer_cast<Effect>(shared_from_this()));
    made->open();
    clips.push_back(made);
    return made;
}

std::shared_ptr<Param> Effect::addParam(const std::string& paramName, const std::string& type) {
    auto made = std::make_shared<Param>(paramName, type,
                                        std::static_pointer_cast<Effect>(shared_from_this()));
    made->open();
    params.push_back(made);
    return made;
}

std::shared_ptr<Clip> Effect::clip(const std::string& clipName) const {
    const auto found = std::find_if(clips.begin(), clips.end(),
                                    [&](const auto& each) { return each->name == clipName; });
    return found == clips.end() ? nullptr : *found;
}

std::shared_ptr<Param> Effect::param(const std::string& paramName) const {
    const auto found = std::find_if(params.begin(), params.end(),
                                    [&](const auto& each) { return each->name == paramName; });
    return found == params.end() ? nullptr : *found;
}

std::shared_ptr<Effect> Effect::instantiate() const {
    auto instance = std::make_shared<Effect>(label);
    instance->isInstance = true;
    instance->open();
    instance->properties->copyFrom(*properties);
    instance->paramProperties->copyFrom(*paramProperties);
    for (const auto& each : clips)
        instance->addClip(each->name)->properties->copyFrom(*each->properties);
    for (const auto& each : params) {
        const auto made = instance->addParam(each->name, each->type);
        made->properties->copyFrom(*each->properties);
        made->initialise();
    }
    return instance;
}

void Effect::abortAfterAnswers(long answers) {
    asked_ = 0;
    abortAfter_ = answers;
}

bool Effect::askAbort() {
    const long asked = asked_.fetch_add(1);
    const long allowed = abortAfter_;
    const bool stop = aborted || (allowed >= 0 && asked >= allowed);
    if (stop) saidAbort_ = true;
    return stop;
}

void Effect::post(Message message) {
    const std::scoped_lock lock(mutex_);
    if (message.persistent) persistent_ = message;
    messages_.push_back(std::move(message));
}

void Effect::clearPersistent() {
    const std::scoped_lock lock(mutex_);
    persistent_.reset();
}

std::vector<Message> Effect::takeMessages() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(messages_, {});
}

std::optional<Message> Effect::persistent() const {
    const std::scoped_lock lock(mutex_);
    return persistent_;
}

void Effect::noteProgress(double progress) {
    const std::scoped_lock lock(mutex_);
    progress_.push_back(progress);
}

std::vector<double> Effect::progress() const {
    const std::scoped_lock lock(mutex_);
    return progress_;
}

void Effect::noteChange(const std::string& paramName) {
    const std::scoped_lock lock(mutex_);
    changes_.push_back(paramName);
}

std::vector<std::string> Effect::takeChanges() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(changes_, {});
}

}  // namespace pyopenfx
