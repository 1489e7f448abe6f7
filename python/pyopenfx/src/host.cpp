// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include <algorithm>

#include <cstring>
#include <unordered_map>

#include "call.h"

namespace pyopenfx {
namespace {

struct Hosts {
    std::mutex mutex;
    std::unordered_map<void*, std::shared_ptr<Host>> byHandle;
    std::shared_ptr<Host> newest;
};

Hosts& hosts() {
    static auto* all = new Hosts;  // outlives every plug-in
    return *all;
}

std::shared_ptr<Host> newestHost() {
    const std::scoped_lock lock(hosts().mutex);
    return hosts().newest;
}

const void* fetchSuite(OfxPropertySetHandle handle, const char* name, int version) {
    std::shared_ptr<Host> host;
    {
        const std::scoped_lock lock(hosts().mutex);
        const auto found = hosts().byHandle.find(handle);
        if (found != hosts().byHandle.end()) host = found->second;
    }
    if (!host) {
        report("bad-handle", Severity::Error,
               "fetchSuite is given " + describeBadHandle(handle, Kind::Properties));
        return nullptr;
    }
    return given(name, "suiteName", "fetchSuite") ? host->suite(name, version) : nullptr;
}

}  // namespace

Host::Host(bool strict, unsigned cpus, std::set<std::pair<std::string, int>> withheld)
    : strict_(strict),
      cpus_(cpus),
      withheld_(std::move(withheld)),
      suites_{propertySuite(),  effectSuite(),   parameterSuite(), memorySuite(),
              threadSuite(),    messageSuite1(), messageSuite2(),  progressSuite1(),
              progressSuite2(), timelineSuite()},
      properties_(std::make_shared<PropertySet>("host", "the host")),
      handle_(Kind::Properties, properties_) {
    ofx_.host = handle_.as<OfxPropertySetHandle>();
    ofx_.fetchSuite = fetchSuite;
}

std::shared_ptr<Host> Host::make(bool strict, unsigned cpus,
                                 std::set<std::pair<std::string, int>> withheld,
                                 const std::vector<SuiteFunction>& nulled) {
    std::shared_ptr<Host> host(new Host(strict, cpus, std::move(withheld)));
    for (const SuiteFunction& function : nulled) {
        if (auto* suite = static_cast<std::byte*>(host->lookUp(function.suite, function.version))) {
            // A suite is a struct of function pointers and of nothing else.
            std::memset(suite + function.index * sizeof(void (*)()), 0, sizeof(void (*)()));
        }
    }
    const std::scoped_lock lock(hosts().mutex);
    hosts().byHandle[host->handle_.get()] = host;
    hosts().newest = host;
    return host;
}

void* Host::lookUp(const std::string& name, int version) {
    if (name == kOfxPropertySuite && version == 1) return &suites_.property;
    if (name == kOfxImageEffectSuite && version == 1) return &suites_.effect;
    if (name == kOfxParameterSuite && version == 1) return &suites_.parameter;
    if (name == kOfxMemorySuite && version == 1) return &suites_.memory;
    if (name == kOfxMultiThreadSuite && version == 1) return &suites_.threads;
    if (name == kOfxMessageSuite && version == 1) return &suites_.message1;
    if (name == kOfxMessageSuite && version == 2) return &suites_.message2;
    if (name == kOfxProgressSuite && version == 1) return &suites_.progress1;
    if (name == kOfxProgressSuite && version == 2) return &suites_.progress2;
    if (name == kOfxTimeLineSuite && version == 1) return &suites_.timeline;
    return nullptr;
}

const void* Host::suite(const char* name, int version) {
    return withheld_.count({name, version}) ? nullptr : lookUp(name, version);
}

void Host::add(Finding finding) {
    if (!strict_) return;
    const std::scoped_lock lock(mutex_);
    for (const Finding& known : findings_) {
        if (known.rule == finding.rule && known.action == finding.action &&
            known.message == finding.message) {
            return;
        }
    }
    findings_.push_back(std::move(finding));
}

std::vector<Finding> Host::findings() const {
    const std::scoped_lock lock(mutex_);
    return findings_;
}

void Host::clearFindings() {
    const std::scoped_lock lock(mutex_);
    findings_.clear();
}

void Host::note(const Access& access) {
    if (!strict_) return;
    const std::scoped_lock lock(mutex_);
    for (Access& known : accesses_) {
        if (known.key() == access.key()) {
            known.index = std::max(known.index, access.index);
            return;
        }
    }
    accesses_.push_back(access);
}

std::vector<Access> Host::accesses() const {
    const std::scoped_lock lock(mutex_);
    return accesses_;
}

void noteAccess(const Access& access) {
    const Call* call = Call::current();
    const std::shared_ptr<Host> host = call ? call->host() : newestHost();
    if (host) host->note(access);
}

void report(const std::string& rule, Severity severity, const std::string& message) {
    const Call* call = Call::current();
    const std::shared_ptr<Host> host = call ? call->host() : newestHost();
    if (host) host->add({rule, severity, call ? call->action() : "", message});
}

bool given(const void* pointer, const char* argument, const char* function) {
    if (pointer) return true;
    report("null-argument", Severity::Error,
           std::string(function) + " is given a null " + argument);
    return false;
}

}  // namespace pyopenfx
