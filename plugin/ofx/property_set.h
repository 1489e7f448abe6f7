// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>

#include "ofx/suites.h"

namespace evenlight::ofx {

/// The named values of one handle. Hosts lack many that the standard promises: what is not there
/// reads as the fallback, and setting it does nothing.
class PropertySet {
public:
    PropertySet(const Suites& suites, OfxPropertySetHandle handle)
        : suites_(&suites), handle_(handle) {}

    void set(const char* name, int value, int index = 0) const;
    void set(const char* name, double value, int index = 0) const;
    void set(const char* name, const char* value, int index = 0) const;
    void set(const char* name, void* value, int index = 0) const;
    /// As `set`, of what only some hosts take, however the others refuse it.
    void offer(const char* name, const char* value, int index = 0) const;
    void offer(const char* name, int value) const;

    template <class T>
    void setAll(const char* name, std::initializer_list<T> values) const {
        int index = 0;
        for (const T& value : values) set(name, value, index++);
    }

    [[nodiscard]] int get(const char* name, int fallback, int index = 0) const;
    [[nodiscard]] double get(const char* name, double fallback, int index = 0) const;
    [[nodiscard]] std::string get(const char* name, const char* fallback, int index = 0) const;
    [[nodiscard]] void* pointer(const char* name) const;  // null where there is none

    [[nodiscard]] int dimension(const char* name) const;  // 0 where there is none
    [[nodiscard]] bool lists(const char* name, const char* value) const;

    [[nodiscard]] OfxPropertySetHandle handle() const { return handle_; }

private:
    const Suites* suites_;
    OfxPropertySetHandle handle_;
};

}  // namespace evenlight::ofx
