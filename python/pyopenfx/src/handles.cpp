// SPDX-License-Identifier: Apache-2.0
#include "handles.h"

namespace pyopenfx {
namespace {

static_assert(sizeof(void*) == 8, "handles carry a tag in their upper bits");

// No 64-bit system maps an address with these upper bits.
constexpr std::uintptr_t kTag = 0x4f46;
constexpr int kTagShift = 48;
constexpr int kKindShift = 40;

std::uintptr_t keyOf(const void* handle) {
    return reinterpret_cast<std::uintptr_t>(handle);
}
Kind kindOf(std::uintptr_t key) {
    return static_cast<Kind>((key >> kKindShift) & 0xff);
}

}  // namespace

const char* nameOf(Kind kind) {
    switch (kind) {
        case Kind::Properties:
            return "property set";
        case Kind::Effect:
            return "effect";
        case Kind::Params:
            return "parameter set";
        case Kind::Param:
            return "parameter";
        case Kind::Clip:
            return "clip";
        case Kind::Image:
            return "image";
        case Kind::Memory:
            return "image memory";
        case Kind::Mutex:
            return "mutex";
    }
    return "unknown";
}

void* HandleTable::add(Kind kind, std::shared_ptr<Object> object) {
    const std::scoped_lock lock(mutex_);
    const std::uintptr_t key =
        (kTag << kTagShift) | (static_cast<std::uintptr_t>(kind) << kKindShift) | next_++;
    live_.emplace(key, std::move(object));
    return reinterpret_cast<void*>(key);  // NOLINT(performance-no-int-to-ptr)
}

std::shared_ptr<Object> HandleTable::find(const void* handle, Kind kind) const {
    const std::uintptr_t key = keyOf(handle);
    const bool image = kind == Kind::Properties && kindOf(key) == Kind::Image;
    if (kindOf(key) != kind && !image) return nullptr;  // an image is a property set too
    const std::scoped_lock lock(mutex_);
    const auto entry = live_.find(key);
    return entry == live_.end() ? nullptr : entry->second;
}

bool HandleTable::remove(const void* handle) {
    std::shared_ptr<Object> last;  // destroyed after the lock is left
    const std::scoped_lock lock(mutex_);
    const auto entry = live_.find(keyOf(handle));
    if (entry == live_.end()) return false;
    last = std::move(entry->second);
    live_.erase(entry);
    return true;
}

HandleTable& handles() {
    static auto* table = new HandleTable;  // outlives every plug-in
    return *table;
}

std::string describeBadHandle(const void* handle, Kind wanted) {
    if (!handle) return "null";
    const std::uintptr_t key = keyOf(handle);
    if (key >> kTagShift != kTag) return "a pointer that this host never gave out";
    const Kind kind = kindOf(key);
    const std::string name = nameOf(kind);
    return kind == wanted || kind == Kind::Image ? "a released " + name + " handle"
                                                 : "a handle of the wrong kind (" + name + ")";
}

}  // namespace pyopenfx
