// SPDX-License-Identifier: Apache-2.0
#include "questions.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <vector>

#include "ofxMessage.h"
#include "ofxProgress.h"
#include "record.h"

#ifndef _WIN32
#include <dlfcn.h>
#endif
#ifdef __linux__
#include <link.h>
#endif

namespace probe {
namespace {

struct Known {
    const char* name;
    int version;
    std::size_t functions;  // 0 where only its presence is of interest
};

template <class Suite>
constexpr std::size_t functionsOf() {
    return sizeof(Suite) / sizeof(void (*)());
}

const Known kSuites[] = {
    {kOfxPropertySuite, 1, functionsOf<OfxPropertySuiteV1>()},
    {kOfxImageEffectSuite, 1, functionsOf<OfxImageEffectSuiteV1>()},
    {kOfxParameterSuite, 1, functionsOf<OfxParameterSuiteV1>()},
    {kOfxMemorySuite, 1, functionsOf<OfxMemorySuiteV1>()},
    {kOfxMultiThreadSuite, 1, functionsOf<OfxMultiThreadSuiteV1>()},
    {kOfxMessageSuite, 1, functionsOf<OfxMessageSuiteV1>()},
    {kOfxMessageSuite, 2, functionsOf<OfxMessageSuiteV2>()},
    {kOfxProgressSuite, 1, functionsOf<OfxProgressSuiteV1>()},
    {kOfxProgressSuite, 2, functionsOf<OfxProgressSuiteV2>()},
    {kOfxTimeLineSuite, 1, functionsOf<OfxTimeLineSuiteV1>()},
    {"OfxInteractSuite", 1, 0},
    {"OfxDrawSuite", 1, 0},
    {"OfxDialogSuite", 1, 0},
    {"OfxDialogSuite", 2, 0},
    {"OfxParametricParameterSuite", 1, 0},
    {"OfxImageEffectOpenGLRenderSuite", 1, 0},
    {"OfxOpenCLProgramSuite", 1, 0},
};

template <class Suite>
void fetch(OfxHost* host, const Suite*& suite, const char* name) {
    suite = static_cast<const Suite*>(host->fetchSuite(host->host, name, 1));
}

struct Property {
    Kind kind;
    const char* name;
    char type;  // i, d, s or p
};

const Property kProperties[] = {
#include "names.inc"
};

std::string valueAt(const Suites& suites, OfxPropertySetHandle set, const char* name, char type,
                    int index, OfxStatus* status) {
    int whole = 0;
    double real = 0;
    char* text = nullptr;
    void* pointer = nullptr;
    switch (type) {
        case 'i':
            *status = suites.property->propGetInt(set, name, index, &whole);
            return std::to_string(whole);
        case 'd':
            *status = suites.property->propGetDouble(set, name, index, &real);
            return number(real);
        case 's':
            *status = suites.property->propGetString(set, name, index, &text);
            return quoted(text);
        default:
            *status = suites.property->propGetPointer(set, name, index, &pointer);
            return std::to_string(reinterpret_cast<std::uintptr_t>(pointer));
    }
}

/// [type, [values]], or nothing where the property is not of that type.
std::string valuesAs(const Suites& suites, OfxPropertySetHandle set, const char* name, char type,
                     int count) {
    std::vector<std::string> values;
    for (int index = 0; index < count; ++index) {
        OfxStatus status = kOfxStatOK;
        values.push_back(valueAt(suites, set, name, type, index, &status));
        if (status != kOfxStatOK) return "";
    }
    const char kind[] = {'"', type, '"', '\0'};
    return list({kind, list(values)});
}

std::string propertyOf(const Suites& suites, OfxPropertySetHandle set, const Property& property) {
    int count = 0;
    const OfxStatus status = suites.property->propGetDimension(set, property.name, &count);
    if (status != kOfxStatOK) return std::to_string(status);
    std::string told = valuesAs(suites, set, property.name, property.type, count);
    for (const char type : {'i', 'd', 's', 'p'}) {
        if (told.empty()) told = valuesAs(suites, set, property.name, type, count);
    }
    return told.empty() ? std::to_string(kOfxStatErrValue) : told;
}

#ifndef _WIN32
template <class Function>
Function python(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}
#endif

struct Slices {
    const OfxMultiThreadSuiteV1* suite;
    std::mutex mutex;
    std::vector<std::string> seen;
};

void slice(unsigned int index, unsigned int count, void* argument) {
    auto& slices = *static_cast<Slices*>(argument);
    unsigned int asked = 0;
    const OfxStatus status = slices.suite->multiThreadIndex(&asked);
    const int spawned = slices.suite->multiThreadIsSpawnedThread();
    const int thread = threadNumber();
    const std::scoped_lock guard(slices.mutex);
    slices.seen.push_back(
        list({std::to_string(index), std::to_string(count), std::to_string(asked),
              std::to_string(status), std::to_string(spawned), std::to_string(thread)}));
}

std::string object(const std::vector<std::pair<const char*, std::string>>& fields) {
    std::string made;
    for (const auto& [name, json] : fields) {
        made += (made.empty() ? "" : ", ") + quoted(name) + ": " + json;
    }
    return "{" + made + "}";
}

}  // namespace

Suites fetchSuites(OfxHost* host) {
    Suites suites;
    fetch(host, suites.property, kOfxPropertySuite);
    fetch(host, suites.effect, kOfxImageEffectSuite);
    fetch(host, suites.param, kOfxParameterSuite);
    fetch(host, suites.memory, kOfxMemorySuite);
    fetch(host, suites.threads, kOfxMultiThreadSuite);
    fetch(host, suites.timeLine, kOfxTimeLineSuite);
    return suites;
}

std::string suitesOf(OfxHost* host) {
    std::vector<std::string> told;
    for (const Known& known : kSuites) {
        const void* suite = host->fetchSuite(host->host, known.name, known.version);
        if (!suite) continue;
        std::vector<std::string> missing;
        for (std::size_t index = 0; index < known.functions; ++index) {
            void (*function)() = nullptr;
            std::memcpy(&function, static_cast<const char*>(suite) + index * sizeof function,
                        sizeof function);
            if (!function) missing.push_back(std::to_string(index));
        }
        told.push_back(list({quoted(known.name), std::to_string(known.version), list(missing)}));
    }
    return list(told);
}

std::string propertiesOf(const Suites& suites, OfxPropertySetHandle set, Kind kind) {
    std::string made;
    for (const Property& property : kProperties) {
        if (property.kind != kind) continue;
        made += (made.empty() ? "" : ", ") + quoted(property.name) + ": " +
                propertyOf(suites, set, property);
    }
    return "{" + made + "}";
}

std::string pythonOf() {
#ifndef _WIN32
    if (const auto is = python<int (*)()>("Py_IsInitialized")) {
        return is() ? "\"running\"" : "\"loaded\"";
    }
#endif
#ifdef __linux__  // opened by the host for itself, where names are not to be found
    const auto look = [](dl_phdr_info* info, std::size_t, void*) {
        return std::strstr(info->dlpi_name, "libpython") ? 1 : 0;
    };
    if (dl_iterate_phdr(look, nullptr)) return "\"loaded\"";
#endif
    return "\"none\"";
}

bool holdsPython() {
#ifndef _WIN32
    const auto is = python<int (*)()>("Py_IsInitialized");
    const auto check = python<int (*)()>("PyGILState_Check");
    return is && check && is() && check();
#else
    return false;
#endif
}

std::string memoryOf(const Suites& suites, OfxImageEffectHandle effect) {
    constexpr std::size_t kBytes = 1000;
    void* plain = nullptr;
    void* pixels = nullptr;
    OfxImageMemoryHandle handle = nullptr;
    std::vector<std::pair<const char*, std::string>> told;
    const auto tell = [&](const char* what, OfxStatus status) {
        told.emplace_back(what, std::to_string(status));
    };
    if (suites.memory) {
        tell("memoryAlloc", suites.memory->memoryAlloc(effect, kBytes, &plain));
        if (plain) std::memset(plain, 1, kBytes);
        tell("memoryFree", suites.memory->memoryFree(plain));
    }
    tell("imageMemoryAlloc", suites.effect->imageMemoryAlloc(effect, kBytes, &handle));
    if (handle) {
        tell("imageMemoryLock", suites.effect->imageMemoryLock(handle, &pixels));
        if (pixels) std::memset(pixels, 1, kBytes);
        tell("imageMemoryUnlock", suites.effect->imageMemoryUnlock(handle));
        tell("imageMemoryFree", suites.effect->imageMemoryFree(handle));
    }
    const auto odd = [](const void* pointer) {
        return reinterpret_cast<std::uintptr_t>(pointer) % alignof(std::max_align_t) != 0;
    };
    told.emplace_back("aligned", odd(plain) || odd(pixels) ? "false" : "true");
    return object(told);
}

std::string threadsOf(const Suites& suites) {
    if (!suites.threads) return "null";
    unsigned int count = 0;
    const OfxStatus counted = suites.threads->multiThreadNumCPUs(&count);
    Slices slices{suites.threads, {}, {}};
    const OfxStatus ran = suites.threads->multiThread(slice, 3, &slices);
    OfxMutexHandle mutex = nullptr;
    std::vector<std::string> locks = {std::to_string(suites.threads->mutexCreate(&mutex, 0))};
    if (mutex) {
        for (const auto act :
             {suites.threads->mutexLock, suites.threads->mutexUnLock, suites.threads->mutexTryLock,
              suites.threads->mutexUnLock, suites.threads->mutexDestroy}) {
            locks.push_back(std::to_string(act(mutex)));
        }
    }
    return object({{"numCPUs", list({std::to_string(counted), std::to_string(count)})},
                   {"status", std::to_string(ran)},
                   {"slices", list(slices.seen)},
                   {"mutex", list(locks)}});
}

std::string timeLineOf(const Suites& suites, OfxImageEffectHandle effect) {
    if (!suites.timeLine) return "null";
    double time = 0;
    double first = 0;
    double last = 0;
    const OfxStatus told = suites.timeLine->getTime(effect, &time);
    const OfxStatus bound = suites.timeLine->getTimeBounds(effect, &first, &last);
    return object({{"getTime", list({std::to_string(told), number(time)})},
                   {"getTimeBounds", list({std::to_string(bound), number(first), number(last)})}});
}

}  // namespace probe
