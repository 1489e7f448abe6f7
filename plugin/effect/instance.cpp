// SPDX-License-Identifier: Apache-2.0
#include "effect/instance.h"

#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "ofx/message.h"
#include "ofx/status.h"

namespace evenlight {
namespace {

ofx::PropertySet propertiesOf(const Call& call) {
    OfxPropertySetHandle properties = nullptr;
    ofx::check(call.suites.effect->getPropertySet(call.handle, &properties), "getPropertySet");
    return {call.suites, properties};
}

/// The living instances by what hosts keep of them: a host may come back with one that it has
/// destroyed. Nothing is left of it once there are none; it is not destroyed itself, for the host's
/// threads may outlive static objects.
class Living {
public:
    void add(const std::shared_ptr<Instance>& instance) {
        const std::scoped_lock lock(mutex_);
        if (instances_ == nullptr) instances_ = new Instances();
        (*instances_)[instance.get()] = instance;
    }
    [[nodiscard]] std::shared_ptr<Instance> find(const void* kept) {
        const std::scoped_lock lock(mutex_);
        if (instances_ == nullptr) return nullptr;
        const auto found = instances_->find(kept);
        return found == instances_->end() ? nullptr : found->second;
    }
    [[nodiscard]] std::shared_ptr<Instance> take(const void* kept) {
        std::shared_ptr<Instance> taken = find(kept);
        if (!taken) return nullptr;
        const std::scoped_lock lock(mutex_);
        if (instances_ != nullptr) instances_->erase(kept);
        if (instances_ != nullptr && instances_->empty())
            delete std::exchange(instances_, nullptr);  // NOLINT: see above
        return taken;
    }

private:
    using Instances = std::map<const void*, std::shared_ptr<Instance>>;

    ProcessMutex mutex_;
    Instances* instances_ = nullptr;
};

Living& living() {
    static Living only;
    return only;
}

constexpr std::chrono::seconds kTimeToLeave(10);  // a host that waits for itself goes on then
constexpr std::chrono::milliseconds kLook(1);

}  // namespace

std::shared_ptr<OpenEffect> OpenEffect::share(const schema::Effect& effect) {
    static ProcessMutex mutex;
    // Never destroyed: the host's threads may outlive static objects.
    static auto& open = *new std::map<const schema::Effect*, std::weak_ptr<OpenEffect>>();
    const std::scoped_lock lock(mutex);
    std::shared_ptr<OpenEffect> shared = open[&effect].lock();
    if (!shared || shared->isInherited()) {
        shared = std::make_shared<OpenEffect>(effect);
        open[&effect] = shared;
    }
    return shared;
}

OpenEffect::OpenEffect(const schema::Effect& effect)
    : runtime_(runtime()), id_(runtime_.openEffect(effect.identifier)) {}

OpenEffect::~OpenEffect() {
    if (!isInherited()) runtime_.closeEffect(id_);
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

std::string OpenEffect::runErrand(Errand errand, const std::string& file,
                                  const RenderRequest& request, FrameServer& frames) const {
    return runtime_.runErrand(id_, errand, file, request, frames);
}

SavedAnalysis OpenEffect::saveAnalysis(const std::string& file,
                                       const std::vector<RecordBytes>& records) const {
    return runtime_.saveAnalysis(id_, file, records);
}

void Instance::create(const Call& call) {
    const auto instance = std::make_shared<Instance>(call.suites);
    living().add(instance);
    propertiesOf(call).set(kOfxPropInstanceData, static_cast<void*>(instance.get()));
}

void Instance::destroy(const Call& call) {
    const ofx::PropertySet properties = propertiesOf(call);
    const std::shared_ptr<Instance> instance =
        living().take(properties.pointer(kOfxPropInstanceData));
    properties.set(kOfxPropInstanceData, static_cast<void*>(nullptr));
    if (!instance) return;
    instance->isEnding_ = true;
    const auto end = std::chrono::steady_clock::now() + kTimeToLeave;
    while (instance.use_count() > 1 && instance->owner_ == processId() &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(kLook);
}

std::shared_ptr<Instance> Instance::of(const Call& call) {
    return living().find(propertiesOf(call).pointer(kOfxPropInstanceData));
}

std::shared_ptr<OpenEffect> Instance::open(const schema::Effect& effect) {
    const std::scoped_lock lock(opening_);
    if (!effect_ || effect_->isInherited()) effect_ = OpenEffect::share(effect);
    return effect_;
}

void Instance::say(const Call& call, const char* kind, const std::string& text) {
    {
        const std::scoped_lock lock(saying_);
        if (text == said_) return;
        said_ = text;
    }
    if (text.empty())
        ofx::clearMessage(call.suites, call.handle);
    else
        ofx::postMessage(call.suites, call.handle, kind, text);
}

}  // namespace evenlight
