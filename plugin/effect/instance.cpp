// SPDX-License-Identifier: Apache-2.0
#include "effect/instance.h"

#include <map>

#include "ofx/message.h"
#include "ofx/status.h"

namespace evenlight {
namespace {

ofx::PropertySet propertiesOf(const Call& call) {
    OfxPropertySetHandle properties = nullptr;
    ofx::check(call.suites.effect->getPropertySet(call.handle, &properties), "getPropertySet");
    return {call.suites, properties};
}

}  // namespace

std::shared_ptr<OpenEffect> OpenEffect::share(const schema::Effect& effect) {
    static std::mutex mutex;
    // Never destroyed: the host's threads may outlive static objects.
    static auto& open = *new std::map<const schema::Effect*, std::weak_ptr<OpenEffect>>();
    const std::scoped_lock lock(mutex);
    std::shared_ptr<OpenEffect> shared = open[&effect].lock();
    if (!shared) {
        shared = std::make_shared<OpenEffect>(effect);
        open[&effect] = shared;
    }
    return shared;
}

OpenEffect::OpenEffect(const schema::Effect& effect)
    : runtime_(runtime()), id_(runtime_.openEffect(effect.identifier)) {}

OpenEffect::~OpenEffect() {
    runtime_.closeEffect(id_);
}

std::string OpenEffect::process(const RenderRequest& request, FrameServer& frames,
                                const ofx::PixelView& out) const {
    return runtime_.process(id_, request, frames, out);
}

FramesNeeded OpenEffect::framesNeeded(const RenderRequest& request) const {
    return runtime_.framesNeeded(id_, request);
}

RecordBytes OpenEffect::analyse(const RenderRequest& request, FrameServer& frames) const {
    return runtime_.analyse(id_, request, frames);
}

SavedAnalysis OpenEffect::saveAnalysis(const std::string& file,
                                       const std::vector<RecordBytes>& records) const {
    return runtime_.saveAnalysis(id_, file, records);
}

void Instance::create(const Call& call) {
    auto instance = std::make_unique<Instance>(call.suites);
    propertiesOf(call).set(kOfxPropInstanceData, static_cast<void*>(instance.get()));
    [[maybe_unused]] const Instance* held =
        instance.release();  // by the host, until it destroys it
}

void Instance::destroy(const Call& call) {
    const std::unique_ptr<Instance> instance(of(call));
    propertiesOf(call).set(kOfxPropInstanceData, static_cast<void*>(nullptr));
}

Instance* Instance::of(const Call& call) {
    return static_cast<Instance*>(propertiesOf(call).pointer(kOfxPropInstanceData));
}

const OpenEffect& Instance::open(const schema::Effect& effect) {
    const std::scoped_lock lock(opening_);
    if (!effect_) effect_ = OpenEffect::share(effect);
    return *effect_;
}

void Instance::say(const Call& call, const char* kind, const std::string& text) {
    if (text == said_) return;
    said_ = text;
    if (text.empty())
        ofx::clearMessage(call.suites, call.handle);
    else
        ofx::postMessage(call.suites, call.handle, kind, text);
}

}  // namespace evenlight
