// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "handles.h"
#include "ofxCore.h"

namespace pyopenfx {

enum class Type { Int, Double, String, Pointer };

[[nodiscard]] const char* nameOf(Type type);

/// The alternatives stand in the order of Type.
using Value = std::variant<int, double, std::string, void*>;

struct Property {
    Type type;
    int dimension;  // 0: as many values as are set
    std::vector<Value> values;
    std::vector<Value> initial;  // what propReset brings back
};

/// One property that the standard defines for a kind of property set.
struct Rule {
    std::string name;
    Type type;
    int dimension;
    std::vector<Value> initial;
};

/// Tells which properties sets of `kind` ("clip", "image", "param.OfxParamTypeDouble") are made
/// with.
void defineRules(const std::string& kind, std::vector<Rule> table);

class PropertySet : public Object {
public:
    /// `what` names the set in reports, such as "clip Source".
    PropertySet(const std::string& kind, std::string what);

    [[nodiscard]] const std::string& what() const { return what_; }

    // The plug-in's way in: what it does wrong is reported.
    OfxStatus set(const char* name, int index, const Value& value);
    OfxStatus setAll(const char* name, std::vector<Value> values);
    OfxStatus get(const char* name, int index, Type type, const Value** value) const;
    OfxStatus dimension(const char* name, int* count) const;
    OfxStatus reset(const char* name);

    // The host's way in.
    void put(const std::string& name, std::vector<Value> values);
    [[nodiscard]] std::vector<Value> values(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> names() const;
    void erase(const std::string& name);
    void copyFrom(const PropertySet& other);

private:
    using Properties = std::map<std::string, Property, std::less<>>;
    Properties::iterator findForSet(const char* name, Type type, OfxStatus& status);

    std::string kind_, what_;
    mutable std::mutex mutex_;
    Properties properties_;
};

}  // namespace pyopenfx
