// SPDX-License-Identifier: Apache-2.0
#include "call.h"

#include <algorithm>

namespace pyopenfx {
namespace {

thread_local Call* currentCall = nullptr;

}  // namespace

Call::Call(std::shared_ptr<Host> host, std::shared_ptr<Effect> effect, std::string action,
           double time)
    : host_(std::move(host)),
      effect_(std::move(effect)),
      action_(std::move(action)),
      time_(time),
      outer_(std::exchange(currentCall, this)) {}

Call::~Call() {
    for (void* image : images_) {
        const auto set = std::static_pointer_cast<PropertySet>(handles().find(image, Kind::Image));
        if (!set) continue;
        report("unreleased-image", Severity::Error,
               set->what() + " was not released before the action returned");
        handles().remove(image);
    }
    currentCall = outer_;
}

Call* Call::current() {
    return currentCall;
}

Call::Join::Join(Call* call) : outer_(std::exchange(currentCall, call)) {}
Call::Join::~Join() {
    currentCall = outer_;
}

void Call::fetched(void* image) {
    const std::scoped_lock lock(mutex_);
    images_.push_back(image);
}

void Call::released(const void* image) {
    const std::scoped_lock lock(mutex_);
    images_.erase(std::remove(images_.begin(), images_.end(), image), images_.end());
}

}  // namespace pyopenfx
