// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <new>

#include "call.h"

namespace pyopenfx {
namespace {

OfxStatus getPropertySet(OfxImageEffectHandle handle, OfxPropertySetHandle* out) {
    const auto effect = resolve<Effect>(handle, Kind::Effect, "getPropertySet");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(out, "propHandle", "getPropertySet")) return kOfxStatErrValue;
    *out = effect->propertiesHandle.as<OfxPropertySetHandle>();
    return kOfxStatOK;
}

OfxStatus getParamSet(OfxImageEffectHandle handle, OfxParamSetHandle* out) {
    const auto effect = resolve<Effect>(handle, Kind::Effect, "getParamSet");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(out, "paramSet", "getParamSet")) return kOfxStatErrValue;
    *out = effect->paramsHandle.as<OfxParamSetHandle>();
    return kOfxStatOK;
}

OfxStatus clipDefine(OfxImageEffectHandle handle, const char* name, OfxPropertySetHandle* out) {
    const auto effect = resolve<Effect>(handle, Kind::Effect, "clipDefine");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(name, "name", "clipDefine")) return kOfxStatErrValue;
    const Call* call = Call::current();
    if (effect->isInstance || (call && call->action() != kOfxImageEffectActionDescribeInContext)) {
        report("define-outside-describe", Severity::Error,
               "clip " + std::string(name) + " is defined outside of DescribeInContext");
    }
    if (effect->clip(name)) {
        report("defined-twice", Severity::Error, "clip " + std::string(name) + " is defined twice");
        return kOfxStatErrExists;
    }
    const auto clip = effect->addClip(name);
    if (out) *out = clip->propertiesHandle.as<OfxPropertySetHandle>();
    return kOfxStatOK;
}

OfxStatus clipGetHandle(OfxImageEffectHandle handle, const char* name, OfxImageClipHandle* out,
                        OfxPropertySetHandle* properties) {
    const auto effect = resolve<Effect>(handle, Kind::Effect, "clipGetHandle");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(name, "name", "clipGetHandle")) return kOfxStatErrValue;
    if (!given(out, "clip", "clipGetHandle")) return kOfxStatErrValue;
    const auto clip = effect->clip(name);
    *out = clip ? clip->handle.as<OfxImageClipHandle>() : nullptr;
    if (properties) {
        *properties = clip ? clip->propertiesHandle.as<OfxPropertySetHandle>() : nullptr;
    }
    return clip ? kOfxStatOK : kOfxStatErrUnknown;
}

OfxStatus clipGetPropertySet(OfxImageClipHandle handle, OfxPropertySetHandle* out) {
    const auto clip = resolve<Clip>(handle, Kind::Clip, "clipGetPropertySet");
    if (!clip) return kOfxStatErrBadHandle;
    if (!given(out, "propHandle", "clipGetPropertySet")) return kOfxStatErrValue;
    *out = clip->propertiesHandle.as<OfxPropertySetHandle>();
    return kOfxStatOK;
}

/// Says where and on which threads images may be asked for.
void checkPlace(const Clip& clip, const Call* call) {
    if (!call) {
        report("foreign-thread", Severity::Error,
               "an image of clip " + clip.name + " is asked for on a thread of the plug-in's own");
        return;
    }
    if (call->effect() != clip.effect.lock()) {
        report("foreign-clip", Severity::Error,
               "an image of clip " + clip.name + " of another instance is asked for");
    }
    const std::string& action = call->action();
    if (action != kOfxImageEffectActionRender && action != kOfxActionInstanceChanged) {
        report("image-outside-render", Severity::Warning,
               "an image of clip " + clip.name + " is asked for in an action that gives no images");
    }
}

OfxStatus clipGetImage(OfxImageClipHandle handle, OfxTime time, const OfxRectD* region,
                       OfxPropertySetHandle* out) {
    const auto clip = resolve<Clip>(handle, Kind::Clip, "clipGetImage");
    if (!clip) return kOfxStatErrBadHandle;
    if (!given(out, "imageHandle", "clipGetImage")) return kOfxStatErrValue;
    *out = nullptr;
    Call* call = Call::current();
    checkPlace(*clip, call);
    if (!clip->image) return kOfxStatFailed;
    std::optional<Region> wanted;
    if (region) wanted = Region{region->x1, region->y1, region->x2, region->y2};
    try {
        std::shared_ptr<Image> image = clip->image(time, wanted);
        if (!image) return kOfxStatFailed;
        void* key = handles().add(Kind::Image, std::move(image));
        if (call) call->fetched(key);
        *out = static_cast<OfxPropertySetHandle>(key);
        return kOfxStatOK;
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;
    } catch (...) {
        return kOfxStatFailed;  // nothing is thrown into a plug-in
    }
}

OfxStatus clipReleaseImage(OfxPropertySetHandle handle) {
    if (!resolve<PropertySet>(handle, Kind::Image, "clipReleaseImage")) return kOfxStatErrBadHandle;
    if (Call* call = Call::current()) call->released(handle);
    return handles().remove(handle) ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus clipGetRegionOfDefinition(OfxImageClipHandle handle, OfxTime time, OfxRectD* bounds) {
    const auto clip = resolve<Clip>(handle, Kind::Clip, "clipGetRegionOfDefinition");
    if (!clip) return kOfxStatErrBadHandle;
    if (!given(bounds, "bounds", "clipGetRegionOfDefinition")) return kOfxStatErrValue;
    if (!clip->regionOfDefinition) return kOfxStatFailed;
    try {
        const std::optional<Region> region = clip->regionOfDefinition(time);
        if (!region) return kOfxStatFailed;
        *bounds = {(*region)[0], (*region)[1], (*region)[2], (*region)[3]};
        return kOfxStatOK;
    } catch (...) {
        return kOfxStatFailed;
    }
}

int abortAsked(OfxImageEffectHandle handle) {
    const auto effect = resolve<Effect>(handle, Kind::Effect, "abort");
    return effect && effect->askAbort() ? 1 : 0;
}

/// A block of the image memory functions; its content is kept while unlocked.
struct MemoryBlock : Object {
    explicit MemoryBlock(std::size_t bytes, std::weak_ptr<Effect> owner)
        : data(std::calloc(bytes ? bytes : 1, 1)), effect(std::move(owner)) {
        if (!data) throw std::bad_alloc();
    }
    ~MemoryBlock() override { std::free(data); }
    void* data;
    std::weak_ptr<Effect> effect;
    std::atomic<int> locks{0};
};

OfxStatus imageMemoryAlloc(OfxImageEffectHandle handle, size_t bytes, OfxImageMemoryHandle* out) {
    if (!given(out, "memoryHandle", "imageMemoryAlloc")) return kOfxStatErrValue;
    *out = nullptr;
    std::shared_ptr<Effect> effect;
    if (handle) {
        effect = resolve<Effect>(handle, Kind::Effect, "imageMemoryAlloc");
        if (!effect) return kOfxStatErrBadHandle;
    }
    try {
        auto block = std::make_shared<MemoryBlock>(bytes, effect);
        *out = static_cast<OfxImageMemoryHandle>(handles().add(Kind::Memory, std::move(block)));
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;
    }
    if (effect) ++effect->memoryBlocks;
    return kOfxStatOK;
}

OfxStatus imageMemoryFree(OfxImageMemoryHandle handle) {
    const auto block = resolve<MemoryBlock>(handle, Kind::Memory, "imageMemoryFree");
    if (!block) return kOfxStatErrBadHandle;
    if (block->locks > 0) {
        report("locked-memory", Severity::Error, "image memory is freed while it is locked");
    }
    if (const auto effect = block->effect.lock()) --effect->memoryBlocks;
    return handles().remove(handle) ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus imageMemoryLock(OfxImageMemoryHandle handle, void** out) {
    const auto block = resolve<MemoryBlock>(handle, Kind::Memory, "imageMemoryLock");
    if (!block) return kOfxStatErrBadHandle;
    if (!given(out, "returnedPtr", "imageMemoryLock")) return kOfxStatErrValue;
    ++block->locks;
    *out = block->data;
    return kOfxStatOK;
}

OfxStatus imageMemoryUnlock(OfxImageMemoryHandle handle) {
    const auto block = resolve<MemoryBlock>(handle, Kind::Memory, "imageMemoryUnlock");
    if (!block) return kOfxStatErrBadHandle;
    if (--block->locks < 0) {
        block->locks = 0;
        report("locked-memory", Severity::Error, "image memory is unlocked more often than locked");
    }
    return kOfxStatOK;
}

}  // namespace

OfxImageEffectSuiteV1 effectSuite() {
    return {getPropertySet,     getParamSet,      clipDefine,       clipGetHandle,
            clipGetPropertySet, clipGetImage,     clipReleaseImage, clipGetRegionOfDefinition,
            abortAsked,         imageMemoryAlloc, imageMemoryFree,  imageMemoryLock,
            imageMemoryUnlock};
}

}  // namespace pyopenfx
