// SPDX-License-Identifier: Apache-2.0
#include "effect/overlay.h"

#include <cstring>
#include <memory>
#include <optional>

#include "effect/describe.h"
#include "effect/overlay_lines.h"
#include "effect/region_box.h"
#include "ofx/clip.h"
#include "ofx/param_set.h"
#include "ofx/status.h"

namespace evenlight {
namespace {

constexpr double kReach = 8;  // pixels of the screen

/// A pen that holds edges, for as long as it is down: longer than a call, so it holds values only.
struct Drag {
    Edges edges;
    OfxPointD from;
    Region region;
};

/// The rectangle of one interact, as the host asks about it.
class Rectangle {
public:
    Rectangle(const Call& given, OfxInteractHandle interact)
        : interact_(interact),
          properties_(propertiesOf(given, interact)),
          call_{given.suites, given.effect, instanceOf(given, properties_), given.inArgs,
                given.outArgs},
          params_(call_.suites, call_.handle) {}

    [[nodiscard]] std::optional<OfxRectD> frame() const {
        const ofx::Clip source(call_.suites, call_.handle, kSourceClip);
        return source.regionOfDefinition(call_.time());
    }
    [[nodiscard]] Region region() const {
        Region region{};
        for (std::size_t i = 0; i < region.size(); ++i)
            region.at(i) = params_.at<double>(name(i), call_.time());
        return region;
    }
    void set(const Region& region) const {
        const Region now = this->region();
        for (std::size_t i = 0; i < region.size(); ++i)
            if (region.at(i) != now.at(i)) params_.set(name(i), region.at(i));
        if (call_.suites.interact->interactRedraw != nullptr)
            static_cast<void>(call_.suites.interact->interactRedraw(interact_));
    }
    [[nodiscard]] OfxPointD pen() const {
        return {call_.in().get(kOfxInteractPropPenPosition, 0.0, 0),
                call_.in().get(kOfxInteractPropPenPosition, 0.0, 1)};
    }
    [[nodiscard]] double reach() const {
        return kReach * call_.in().get(kOfxInteractPropPixelScale, 1.0, 0);
    }
    [[nodiscard]] Drag* drag() const {
        return static_cast<Drag*>(properties_.pointer(kOfxPropInstanceData));
    }
    /// One step of undo, until it is let go.
    void hold(std::unique_ptr<Drag> drag) const {
        letGo();
        params_.beginEdit("Region");
        properties_.set(kOfxPropInstanceData, static_cast<void*>(drag.release()));
    }
    void letGo() const {
        const std::unique_ptr<Drag> held(drag());
        if (held == nullptr) return;
        properties_.set(kOfxPropInstanceData, static_cast<void*>(nullptr));
        params_.endEdit();
    }

    OfxStatus draw() const {
        const auto frame = this->frame();
        if (!frame) return kOfxStatReplyDefault;
        return drawRectangle(call_, boxOf(region(), *frame)) ? kOfxStatOK : kOfxStatReplyDefault;
    }
    OfxStatus penDown() const {
        const auto frame = this->frame();
        if (!frame || !canDraw(call_)) return kOfxStatReplyDefault;
        const Edges edges = edgesAt(boxOf(region(), *frame), pen(), reach());
        if (!isAny(edges)) return kOfxStatReplyDefault;
        hold(std::make_unique<Drag>(Drag{edges, pen(), region()}));
        return kOfxStatOK;
    }
    OfxStatus penMotion() const {
        const auto frame = this->frame();
        const Drag* held = drag();
        if (held == nullptr || !frame) return kOfxStatReplyDefault;
        set(moved(held->region, held->edges, held->from, pen(), *frame));
        return kOfxStatOK;
    }
    OfxStatus penUp() const {
        if (drag() == nullptr) return kOfxStatReplyDefault;
        letGo();
        return kOfxStatOK;
    }

private:
    static ofx::PropertySet propertiesOf(const Call& given, OfxInteractHandle interact) {
        OfxPropertySetHandle properties = nullptr;
        ofx::check(given.suites.interact->interactGetPropertySet(interact, &properties),
                   "interactGetPropertySet");
        return {given.suites, properties};
    }
    static OfxImageEffectHandle instanceOf(const Call& given, const ofx::PropertySet& properties) {
        void* effect = given.in().pointer(kOfxPropEffectInstance);
        if (effect == nullptr) effect = properties.pointer(kOfxPropEffectInstance);
        return static_cast<OfxImageEffectHandle>(effect);
    }
    [[nodiscard]] const char* name(std::size_t edge) const {
        return call_.effect.params[call_.effect.region[edge]].name;
    }

    OfxInteractHandle interact_;
    ofx::PropertySet properties_;
    Call call_;
    ofx::ParamSet params_;
};

}  // namespace

OfxStatus overlay(const char* action, const void* interact, const Call& given) {
    const auto is = [&](const char* name) { return std::strcmp(action, name) == 0; };
    if (is(kOfxActionDescribe) || is(kOfxActionCreateInstance)) return kOfxStatOK;
    if (interact == nullptr || given.suites.interact == nullptr || given.effect.region == nullptr)
        return kOfxStatReplyDefault;
    // The standard hands instances over as const, and takes them back as not.
    auto* const handle = static_cast<OfxInteractHandle>(const_cast<void*>(interact));
    const Rectangle rectangle(given, handle);
    if (is(kOfxActionDestroyInstance)) {
        rectangle.letGo();
        return kOfxStatOK;
    }
    if (is(kOfxInteractActionDraw)) return rectangle.draw();
    if (is(kOfxInteractActionPenDown)) return rectangle.penDown();
    if (is(kOfxInteractActionPenMotion)) return rectangle.penMotion();
    if (is(kOfxInteractActionPenUp)) return rectangle.penUp();
    return kOfxStatReplyDefault;
}

void describeOverlay(const Call& call, OfxPluginEntryPoint* entry) {
    const bool hasOverlays = call.host().get(kOfxImageEffectPropSupportsOverlays, 0) != 0;
    if (!hasOverlays || entry == nullptr || call.effect.region == nullptr ||
        call.suites.interact == nullptr)
        return;
    OfxPropertySetHandle properties = nullptr;
    ofx::check(call.suites.effect->getPropertySet(call.handle, &properties), "getPropertySet");
    const char* version = call.suites.draw != nullptr ? kOfxImageEffectPluginPropOverlayInteractV2
                                                      : kOfxImageEffectPluginPropOverlayInteractV1;
    ofx::PropertySet(call.suites, properties).set(version, reinterpret_cast<void*>(entry));
}

}  // namespace evenlight
