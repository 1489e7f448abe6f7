// SPDX-License-Identifier: Apache-2.0
// Handles given to plug-ins are keys into a table, never addresses: a dead or foreign one is
// noticed instead of dereferenced, and a plug-in that dereferences one faults at once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace pyopenfx {

enum class Kind : unsigned char {
    Properties = 1,
    Effect,
    Params,
    Param,
    Clip,
    Image,
    Memory,
    Mutex
};

[[nodiscard]] const char* nameOf(Kind kind);

/// What a handle can stand for.
struct Object : std::enable_shared_from_this<Object> {
    Object() = default;
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    virtual ~Object() = default;
};

class HandleTable {
public:
    [[nodiscard]] void* add(Kind kind, std::shared_ptr<Object> object);
    /// Null where the handle is unknown, released or of another kind.
    [[nodiscard]] std::shared_ptr<Object> find(const void* handle, Kind kind) const;
    /// False where the handle was not live.
    bool remove(const void* handle);

private:
    mutable std::mutex mutex_;
    std::uintptr_t next_ = 1;
    std::unordered_map<std::uintptr_t, std::shared_ptr<Object>> live_;
};

[[nodiscard]] HandleTable& handles();

/// "null", "a released clip handle", "a pointer that this host never gave out".
[[nodiscard]] std::string describeBadHandle(const void* handle, Kind wanted);

/// A handle that is taken back when the owner goes.
class OwnedHandle {
public:
    OwnedHandle() = default;
    OwnedHandle(Kind kind, std::shared_ptr<Object> object)
        : handle_(handles().add(kind, std::move(object))) {}
    OwnedHandle(OwnedHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    OwnedHandle& operator=(OwnedHandle&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~OwnedHandle() {
        if (handle_) handles().remove(handle_);
    }
    template <class Handle>
    [[nodiscard]] Handle as() const {
        return static_cast<Handle>(handle_);
    }
    [[nodiscard]] void* get() const { return handle_; }

private:
    void* handle_ = nullptr;
};

}  // namespace pyopenfx
