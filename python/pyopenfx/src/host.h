// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "handles.h"
#include "ofxCore.h"
#include "ofxImageEffect.h"
#include "ofxMemory.h"
#include "ofxMessage.h"
#include "ofxMultiThread.h"
#include "ofxParam.h"
#include "ofxProgress.h"
#include "ofxProperty.h"
#include "ofxTimeLine.h"
#include "property_set.h"

namespace pyopenfx {

enum class Severity { Error, Warning, Note };

/// Something a plug-in did that the standard does not allow, or that hosts are known to trip over.
struct Finding {
    std::string rule;
    Severity severity;
    std::string action;  // empty outside of any
    std::string message;
};

/// A property that a plug-in read or wrote, by the kind of set that holds it.
struct Access {
    std::string kind;
    std::string name;
    Type type;
    int index;  // the highest
    bool writes;

    [[nodiscard]] auto key() const { return std::tie(kind, name, type, writes); }
};

struct Suites {
    OfxPropertySuiteV1 property;
    OfxImageEffectSuiteV1 effect;
    OfxParameterSuiteV1 parameter;
    OfxMemorySuiteV1 memory;
    OfxMultiThreadSuiteV1 threads;
    OfxMessageSuiteV1 message1;
    OfxMessageSuiteV2 message2;
    OfxProgressSuiteV1 progress1;
    OfxProgressSuiteV2 progress2;
    OfxTimeLineSuiteV1 timeline;
};

/// One function of one suite, by its place in the struct.
struct SuiteFunction {
    std::string suite;
    int version;
    std::size_t index;
};

/// What a plug-in sees of us. Never freed: a plug-in may keep the OfxHost for the life of the
/// process.
class Host : public Object {
public:
    [[nodiscard]] static std::shared_ptr<Host> make(bool strict, unsigned cpus,
                                                    std::set<std::pair<std::string, int>> withheld,
                                                    const std::vector<SuiteFunction>& nulled);

    [[nodiscard]] OfxHost* ofx() { return &ofx_; }
    [[nodiscard]] const std::shared_ptr<PropertySet>& properties() const { return properties_; }
    [[nodiscard]] unsigned cpus() const { return cpus_; }
    [[nodiscard]] const void* suite(const char* name, int version);

    void add(Finding finding);
    [[nodiscard]] std::vector<Finding> findings() const;
    void clearFindings();

    /// Keeps what plug-ins did with properties; of equal accesses that with the highest index.
    void note(const Access& access);
    [[nodiscard]] std::vector<Access> accesses() const;

private:
    Host(bool strict, unsigned cpus, std::set<std::pair<std::string, int>> withheld);
    [[nodiscard]] void* lookUp(const std::string& name, int version);

    bool strict_;
    unsigned cpus_;
    std::set<std::pair<std::string, int>> withheld_;
    Suites suites_;
    std::shared_ptr<PropertySet> properties_;
    OwnedHandle handle_;
    OfxHost ofx_{};
    mutable std::mutex mutex_;
    std::vector<Finding> findings_;
    std::vector<Access> accesses_;
};

/// Tells the host whose action runs on this thread of an access to a property.
void noteAccess(const Access& access);

/// Reports to the host whose action runs on this thread, or to the newest where none does.
void report(const std::string& rule, Severity severity, const std::string& message);

/// The object behind a handle; where there is none, that is reported with the suite function's
/// name.
template <class T>
std::shared_ptr<T> resolve(const void* handle, Kind kind, const char* function) {
    std::shared_ptr<Object> object = handles().find(handle, kind);
    if (!object) {
        report(handle ? "bad-handle" : "null-argument", Severity::Error,
               std::string(function) + " is given " + describeBadHandle(handle, kind));
    }
    return std::static_pointer_cast<T>(object);
}

/// True where `pointer` is not null; else that is reported.
[[nodiscard]] bool given(const void* pointer, const char* argument, const char* function);

// Each suite's functions.
[[nodiscard]] OfxPropertySuiteV1 propertySuite();
[[nodiscard]] OfxImageEffectSuiteV1 effectSuite();
[[nodiscard]] OfxParameterSuiteV1 parameterSuite();
[[nodiscard]] OfxMemorySuiteV1 memorySuite();
[[nodiscard]] OfxMultiThreadSuiteV1 threadSuite();
[[nodiscard]] OfxMessageSuiteV1 messageSuite1();
[[nodiscard]] OfxMessageSuiteV2 messageSuite2();
[[nodiscard]] OfxProgressSuiteV1 progressSuite1();
[[nodiscard]] OfxProgressSuiteV2 progressSuite2();
[[nodiscard]] OfxTimeLineSuiteV1 timelineSuite();

}  // namespace pyopenfx
