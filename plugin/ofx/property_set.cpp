// SPDX-License-Identifier: Apache-2.0
#include "ofx/property_set.h"

#include "ofx/status.h"

namespace evenlight::ofx {
namespace {

void checkSet(OfxStatus status, const char* function) {
    const bool isMissing = status == kOfxStatErrUnknown || status == kOfxStatErrUnsupported;
    if (!isMissing) check(status, function);
}

}  // namespace

void PropertySet::set(const char* name, int value, int index) const {
    checkSet(suites_->property->propSetInt(handle_, name, index, value), "propSetInt");
}

void PropertySet::set(const char* name, double value, int index) const {
    checkSet(suites_->property->propSetDouble(handle_, name, index, value), "propSetDouble");
}

void PropertySet::set(const char* name, const char* value, int index) const {
    checkSet(suites_->property->propSetString(handle_, name, index, value), "propSetString");
}

void PropertySet::set(const char* name, void* value, int index) const {
    checkSet(suites_->property->propSetPointer(handle_, name, index, value), "propSetPointer");
}

void PropertySet::offer(const char* name, const char* value, int index) const {
    static_cast<void>(suites_->property->propSetString(handle_, name, index, value));
}

void PropertySet::offer(const char* name, int value) const {
    static_cast<void>(suites_->property->propSetInt(handle_, name, 0, value));
}

int PropertySet::get(const char* name, int fallback, int index) const {
    int value = fallback;
    const OfxStatus status = suites_->property->propGetInt(handle_, name, index, &value);
    return status == kOfxStatOK ? value : fallback;
}

double PropertySet::get(const char* name, double fallback, int index) const {
    double value = fallback;
    const OfxStatus status = suites_->property->propGetDouble(handle_, name, index, &value);
    return status == kOfxStatOK ? value : fallback;
}

std::string PropertySet::get(const char* name, const char* fallback, int index) const {
    char* value = nullptr;
    const OfxStatus status = suites_->property->propGetString(handle_, name, index, &value);
    return status == kOfxStatOK && value != nullptr ? value : fallback;
}

void* PropertySet::pointer(const char* name) const {
    void* value = nullptr;
    const OfxStatus status = suites_->property->propGetPointer(handle_, name, 0, &value);
    return status == kOfxStatOK ? value : nullptr;
}

int PropertySet::dimension(const char* name) const {
    int count = 0;
    const OfxStatus status = suites_->property->propGetDimension(handle_, name, &count);
    return status == kOfxStatOK ? count : 0;
}

bool PropertySet::lists(const char* name, const char* value) const {
    const int count = dimension(name);
    for (int index = 0; index < count; ++index)
        if (get(name, "", index) == value) return true;
    return false;
}

}  // namespace evenlight::ofx
