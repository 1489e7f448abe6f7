// SPDX-License-Identifier: Apache-2.0
#include "effect/changes.h"

#include <algorithm>
#include <array>
#include <new>
#include <string>

#include "effect/analysis.h"
#include "effect/describe.h"
#include "effect/errands.h"
#include "effect/instance.h"
#include "effect/panel.h"
#include "effect/params.h"
#include "ofx/error.h"

namespace evenlight {
namespace {

struct Button {
    const char* name;
    std::string (*press)(const Call& call, Instance& instance);
    const char* stopped;
};
constexpr std::array kButtons{
    Button{kAnalyseButton, analyseClip, "The analysis was stopped; nothing was written."},
    Button{kAutoButton, suitClip, "Auto was stopped; nothing was changed."},
    Button{kLoadButton, loadPreset, "Nothing was changed."},
    Button{kSaveButton, savePreset, "Nothing was written."},
};

/// What went well is said in the note too: a message goes with the next render.
OfxStatus press(const Call& call, Instance& instance, const Button& button) {
    try {
        const std::string said = button.press(call, instance);
        note(call, said);
        instance.say(call, kOfxMessageMessage, said);
        return kOfxStatOK;
    } catch (const ofx::Aborted&) {
        instance.say(call, kOfxMessageWarning, button.stopped);
        return kOfxStatOK;
    } catch (const ofx::Error& error) {
        instance.say(call, kOfxMessageError, error.what());
        return error.status();
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;
    }
}

bool isOfPreset(const schema::Effect& effect, const std::string& name) {
    return std::any_of(
        effect.params, effect.params + effect.paramCount,
        [&](const schema::Param& param) { return param.name == name && !param.isKept; });
}

OfxStatus paramChanged(const Call& call, Instance& instance, const std::string& name) {
    OfxStatus status = kOfxStatOK;
    const auto* button = std::find_if(kButtons.begin(), kButtons.end(),
                                      [&](const Button& one) { return name == one.name; });
    if (button != kButtons.end())
        status = press(call, instance, *button);
    else if (name == kPresetChoice)
        applyPreset(call);
    else if (isOfPreset(call.effect, name))
        showCustom(call);
    refreshEnabled(call);
    return status;
}

}  // namespace

OfxStatus instanceChanged(const Call& given) {
    const std::shared_ptr<Instance> instance = Instance::of(given);
    const std::string reason = given.in().get(kOfxPropChangeReason, "");
    if (instance == nullptr || reason != kOfxChangeUserEdited) return kOfxStatReplyDefault;
    const Call call{instance->suites(), given.effect, given.handle, given.inArgs, given.outArgs};
    const std::string name = call.in().get(kOfxPropName, "");
    const std::string type = call.in().get(kOfxPropType, "");
    if (type == kOfxTypeParameter) return paramChanged(call, *instance, name);
    if (type != kOfxTypeClip || name != kMaskClip) return kOfxStatReplyDefault;
    useConnectedMask(call);
    refreshEnabled(call);
    return kOfxStatOK;
}

OfxStatus beginInstanceEdit(const Call& given) {
    refreshEnabled(given);
    return kOfxStatOK;
}

}  // namespace evenlight
