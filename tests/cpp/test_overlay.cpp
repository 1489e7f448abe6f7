// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "check.h"
#include "effect/actions.h"
#include "effect/region_box.h"
#include "fake_host.h"

using evenlight::Edges;
using evenlight::Region;
using evenlight::schema::ParamKind;

namespace {

constexpr OfxRectD kFrame{100, 0, 300, 100};

constexpr evenlight::schema::Param share(const char* name, double initial) {
    return {ParamKind::Double, name,    name, "Edge.", nullptr, 0, 1,
            initial,           nullptr, 0,    false,   nullptr, 0, true};
}
constexpr std::array kParams{share("left", 0), share("bottom", 0), share("right", 1),
                             share("top", 1)};
constexpr std::array<std::size_t, 4> kRegion{0, 1, 2, 3};
constexpr std::array<evenlight::schema::IdentityTerm, 1> kNever{{{0, 2}}};
constexpr evenlight::schema::Effect kEffect{"org.evenlight.boxed",
                                            "Boxed",
                                            "A box.",
                                            "A box.",
                                            1,
                                            0,
                                            kParams.data(),
                                            4,
                                            0,
                                            0,
                                            evenlight::schema::kNoParam,
                                            kNever.data(),
                                            1,
                                            nullptr,
                                            0,
                                            0,
                                            1,
                                            kRegion.data()};

OfxStatus entry(const char* /*action*/, const void* /*handle*/, OfxPropertySetHandle /*in*/,
                OfxPropertySetHandle /*out*/) {
    return kOfxStatOK;
}

/// A descriptor, an instance and an interact in a host that has overlays.
struct Boxed {
    explicit Boxed(const std::set<std::string>& withheld = {}) {
        host.withheld = withheld;
        host.properties.values[kOfxImageEffectPropSupportsOverlays] = {1};
        plugin.setHost(host.handle());
        plugin.run(kOfxActionLoad, nullptr, nullptr, nullptr);
        plugin.run(kOfxActionDescribe, &descriptor, nullptr, nullptr);
        for (const evenlight::schema::Param& param : kParams)
            instance.params[param.name] = {
                kOfxParamTypeDouble, {}, [value = param.initial](double) { return value; }};
        instance.clips["Source"].region = kFrame;
        interact.values[kOfxPropEffectInstance] = {static_cast<void*>(&instance)};
    }
    OfxStatus act(const char* action, double x = 0, double y = 0) {
        fake::Properties in;
        in.values[kOfxPropTime] = {1.0};
        in.values[kOfxInteractPropPenPosition] = {x, y};
        in.values[kOfxInteractPropPixelScale] = {1.0, 1.0};
        in.values[kOfxInteractPropDrawContext] = {static_cast<void*>(&drawn)};
        return plugin.runInteract(action, &interact, in.handle(), nullptr);
    }
    [[nodiscard]] double at(const char* name) const { return instance.params.at(name).at(1); }

    fake::Host host;
    evenlight::Plugin plugin{kEffect, entry};
    fake::Effect descriptor;
    fake::Effect instance;
    fake::Properties interact;
    std::vector<OfxPointD> drawn;
};

bool isNear(double a, double b) {
    return std::abs(a - b) < 1e-9;
}

}  // namespace

TEST(edges_are_held_near_them_corners_by_two_and_the_middle_by_all) {
    const OfxRectD box{10, 20, 110, 80};
    CHECK((evenlight::edgesAt(box, {12, 50}, 5) == Edges{true, false, false, false}));
    CHECK((evenlight::edgesAt(box, {108, 78}, 5) == Edges{false, false, true, true}));
    CHECK((evenlight::edgesAt(box, {60, 50}, 5) == Edges{true, true, true, true}));
    CHECK(!evenlight::isAny(evenlight::edgesAt(box, {40, 50}, 5)));
    CHECK(!evenlight::isAny(evenlight::edgesAt(box, {12, 200}, 5)));
}

TEST(a_region_stays_in_the_frame_and_never_turns_over) {
    const Region whole{0, 0, 1, 1};
    const OfxRectD frame{0, 0, 100, 100};
    const Region far =
        evenlight::moved(whole, {true, false, false, false}, {0, 50}, {500, 50}, frame);
    CHECK(far[0] > 0.9 && far[0] < far[2]);
    const Region out = evenlight::moved(whole, {false, false, false, true}, {0, 0}, {0, 40}, frame);
    CHECK(out[3] == 1);
    const Region small{0.25, 0.25, 0.5, 0.5};
    const Region carried =
        evenlight::moved(small, {true, true, true, true}, {0, 0}, {90, -90}, frame);
    CHECK(isNear(carried[0], 0.75) && isNear(carried[2], 1) && carried[1] == 0 &&
          isNear(carried[3], 0.25));
}

TEST(the_rectangle_is_named_where_the_host_overlays_and_has_a_suite) {
    const Boxed boxed;
    const auto& values = boxed.descriptor.properties.values;
    CHECK(values.count(kOfxImageEffectPluginPropOverlayInteractV2) == 1);
    CHECK(values.count(kOfxImageEffectPluginPropOverlayInteractV1) == 0);
    const Boxed plain({"OfxDrawSuite1"});
    CHECK(plain.descriptor.properties.values.count(kOfxImageEffectPluginPropOverlayInteractV1) ==
          1);
    const Boxed none({"OfxInteractSuite1"});
    CHECK(none.descriptor.properties.values.count(kOfxImageEffectPluginPropOverlayInteractV2) == 0);
}

TEST(the_rectangle_is_drawn_and_dragged_in_one_step_of_undo) {
    Boxed boxed;
    CHECK(boxed.act(kOfxInteractActionDraw) == kOfxStatOK);
    CHECK(boxed.drawn.size() == 12 && boxed.drawn[0].x == 100 && boxed.drawn[1].x == 300);
    CHECK(boxed.act(kOfxInteractActionPenMotion, 150, 50) == kOfxStatReplyDefault);
    CHECK(boxed.act(kOfxInteractActionPenDown, 140, 30) == kOfxStatReplyDefault);  // nothing there
    CHECK(boxed.act(kOfxInteractActionPenDown, 102, 50) == kOfxStatOK);
    CHECK(boxed.act(kOfxInteractActionPenMotion, 152, 60) == kOfxStatOK);
    CHECK(isNear(boxed.at("left"), 0.25) && boxed.at("bottom") == 0 && boxed.at("right") == 1);
    CHECK(boxed.interact.asked.count("redraw") == 1 && boxed.instance.openEdits == 1);
    CHECK(boxed.act(kOfxInteractActionPenUp) == kOfxStatOK);
    CHECK(boxed.instance.openEdits == 0 && boxed.instance.edits.size() == 1);
    CHECK(boxed.act(kOfxInteractActionPenMotion, 250, 60) == kOfxStatReplyDefault);
    boxed.act(kOfxInteractActionPenDown, 300, 100);
    boxed.act(kOfxActionDestroyInstance);
    CHECK(boxed.instance.openEdits == 0);
}
