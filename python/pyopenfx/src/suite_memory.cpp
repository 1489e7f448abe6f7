// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <unordered_map>

#include "call.h"

namespace pyopenfx {
namespace {

/// Live blocks, each with the effect that it was allocated for, where one was named.
struct Blocks {
    std::mutex mutex;
    std::unordered_map<void*, std::weak_ptr<Effect>> live;
};

Blocks& blocks() {
    static auto* all = new Blocks;
    return *all;
}

OfxStatus memoryAlloc(void* handle, size_t bytes, void** out) {
    if (!given(out, "allocatedData", "memoryAlloc")) return kOfxStatErrValue;
    *out = nullptr;
    std::shared_ptr<Effect> effect;
    if (handle) {
        effect = resolve<Effect>(handle, Kind::Effect, "memoryAlloc");
        if (!effect) return kOfxStatErrBadHandle;
    }
    void* block = std::malloc(bytes ? bytes : 1);
    if (!block) return kOfxStatErrMemory;
    const std::scoped_lock lock(blocks().mutex);
    blocks().live[block] = effect;
    if (effect) ++effect->memoryBlocks;
    *out = block;
    return kOfxStatOK;
}

OfxStatus memoryFree(void* block) {
    if (!given(block, "allocatedData", "memoryFree")) return kOfxStatErrBadHandle;
    std::shared_ptr<Effect> effect;
    {
        const std::scoped_lock lock(blocks().mutex);
        const auto found = blocks().live.find(block);
        if (found == blocks().live.end()) {
            report("bad-memory", Severity::Error,
                   "memoryFree is given memory that was not allocated here, or was freed before");
            return kOfxStatErrBadHandle;
        }
        effect = found->second.lock();
        blocks().live.erase(found);
    }
    if (effect) --effect->memoryBlocks;
    std::free(block);
    return kOfxStatOK;
}

}  // namespace

OfxMemorySuiteV1 memorySuite() {
    return {memoryAlloc, memoryFree};
}

}  // namespace pyopenfx
