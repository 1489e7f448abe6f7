// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>
#include <thread>

#include "call.h"

namespace pyopenfx {
namespace {

thread_local int spawnedIndex = -1;  // -1 on threads that the suite did not start

unsigned cpuCount() {
    const Call* call = Call::current();
    return call && call->host()->cpus() ? call->host()->cpus()
                                        : std::max(1U, std::thread::hardware_concurrency());
}

OfxStatus multiThread(OfxThreadFunctionV1 function, unsigned int threads, void* argument) {
    if (!given(reinterpret_cast<void*>(function), "func", "multiThread")) return kOfxStatFailed;
    if (spawnedIndex >= 0) {
        report("nested-threads", Severity::Error, "multiThread is called on a thread it started");
        return kOfxStatErrExists;
    }
    const unsigned count = threads ? threads : cpuCount();
    Call* call = Call::current();
    const auto body = [=](unsigned index) {
        const Call::Join join(call);
        spawnedIndex = static_cast<int>(index);
        function(index, count, argument);
        spawnedIndex = -1;
    };
    std::vector<std::thread> others;
    unsigned started = 1;
    try {
        for (; started < count; ++started) others.emplace_back(body, started);
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
        // The machine has no thread left: the caller's own does the rest.
    }
    body(0);
    for (unsigned index = started; index < count; ++index) body(index);
    for (std::thread& other : others) other.join();
    return kOfxStatOK;
}

OfxStatus multiThreadNumCPUs(unsigned int* count) {
    if (!given(count, "nCPUs", "multiThreadNumCPUs")) return kOfxStatFailed;
    *count = cpuCount();
    return kOfxStatOK;
}

OfxStatus multiThreadIndex(unsigned int* index) {
    if (!given(index, "threadIndex", "multiThreadIndex")) return kOfxStatFailed;
    *index = spawnedIndex < 0 ? 0 : static_cast<unsigned>(spawnedIndex);
    return kOfxStatOK;
}

int multiThreadIsSpawnedThread() {
    return spawnedIndex >= 0 ? 1 : 0;
}

struct Mutex : Object {
    std::recursive_mutex mutex;
};

OfxStatus mutexCreate(OfxMutexHandle* out, int locks) {
    if (!given(out, "mutex", "mutexCreate")) return kOfxStatFailed;
    const auto made = std::make_shared<Mutex>();
    for (int i = 0; i < locks; ++i) made->mutex.lock();
    *out = static_cast<OfxMutexHandle>(handles().add(Kind::Mutex, made));
    return kOfxStatOK;
}

OfxStatus mutexDestroy(OfxMutexHandle handle) {
    if (!resolve<Mutex>(handle, Kind::Mutex, "mutexDestroy")) return kOfxStatErrBadHandle;
    return handles().remove(handle) ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus mutexLock(OfxMutexHandle handle) {
    const auto held = resolve<Mutex>(handle, Kind::Mutex, "mutexLock");
    if (!held) return kOfxStatErrBadHandle;
    held->mutex.lock();
    return kOfxStatOK;
}

OfxStatus mutexUnLock(OfxMutexHandle handle) {
    const auto held = resolve<Mutex>(handle, Kind::Mutex, "mutexUnLock");
    if (!held) return kOfxStatErrBadHandle;
    held->mutex.unlock();
    return kOfxStatOK;
}

OfxStatus mutexTryLock(OfxMutexHandle handle) {
    const auto held = resolve<Mutex>(handle, Kind::Mutex, "mutexTryLock");
    if (!held) return kOfxStatErrBadHandle;
    return held->mutex.try_lock() ? kOfxStatOK : kOfxStatFailed;
}

}  // namespace

OfxMultiThreadSuiteV1 threadSuite() {
    return {multiThread, multiThreadNumCPUs, multiThreadIndex, multiThreadIsSpawnedThread,
            mutexCreate, mutexDestroy,       mutexLock,        mutexUnLock,
            mutexTryLock};
}

}  // namespace pyopenfx
