// SPDX-License-Identifier: Apache-2.0
// Scans the built bundle as a host does that holds no Python: open, load, describe, make an
// instance, ask it everything that comes before a render. None of it may bring a Python in.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "fake_host.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr double kLimit = 20;  // milliseconds

template <class Function>
Function* find(void* library, const char* name) {
    return reinterpret_cast<Function*>(dlsym(library, name));
}

bool holdsPython() {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find("python") != std::string::npos) return true;
    return false;
}

/// Opens, describes and closes the library; returns how long it took in milliseconds, or nothing
/// when an action failed.
std::optional<double> scan(const char* file) {
    fake::Host host;
    fake::Effect descriptor;
    const Clock::time_point start = Clock::now();
    void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        std::printf("%s\n", dlerror());
        return std::nullopt;
    }
    find<OfxStatus(const OfxHost*)>(library, "OfxSetHost")(host.handle());
    const int count = find<int()>(library, "OfxGetNumberOfPlugins")();
    auto* plugin = find<OfxPlugin*(int)>(library, "OfxGetPlugin");
    bool worked = count > 0 && plugin(-1) == nullptr && plugin(count) == nullptr;
    OfxPlugin& effect = *plugin(0);
    effect.setHost(host.handle());
    for (const char* action :
         {kOfxActionLoad, kOfxActionDescribe, kOfxImageEffectActionDescribeInContext})
        worked = effect.mainEntry(action, &descriptor, nullptr, nullptr) == kOfxStatOK && worked;
    const std::chrono::duration<double, std::milli> took = Clock::now() - start;

    fake::Effect instance;
    for (auto& [name, param] : descriptor.params)
        instance.params[name] = {param.type, {}, [](double) { return 1.0; }};
    fake::Properties in;
    fake::Properties out;
    in.values[kOfxPropTime] = {1.0};
    for (const char* action :
         {kOfxActionCreateInstance, kOfxImageEffectActionGetFramesNeeded,
          kOfxImageEffectActionGetRegionOfDefinition, kOfxImageEffectActionGetRegionsOfInterest,
          kOfxImageEffectActionIsIdentity, kOfxImageEffectActionGetClipPreferences,
          kOfxActionDestroyInstance, kOfxActionUnload}) {
        const OfxStatus status = effect.mainEntry(action, &instance, in.handle(), out.handle());
        worked = (status == kOfxStatOK || status == kOfxStatReplyDefault) && worked;
    }
    dlclose(library);
    if (!worked) return std::nullopt;
    return took.count();
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::printf("usage: scan Evenlight.ofx\n");
        return 2;
    }
    double best = 1e9;
    for (int turn = 0; turn < 3; ++turn) {  // the machine may be busy with something else
        const std::optional<double> took = scan(arguments[1]);
        if (!took) return 1;
        best = std::min(best, *took);
    }
    std::printf("scan and describe: %.2f ms of %.0f\n", best, kLimit);
    if (holdsPython()) std::printf("a Python came in\n");
    return best <= kLimit && !holdsPython() ? 0 : 1;
}
