// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "check.h"
#include "fake_host.h"
#include "ofx/coords.h"
#include "ofx/error.h"
#include "ofx/host_quirks.h"
#include "ofx/property_set.h"
#include "ofx/status.h"

namespace ofx = evenlight::ofx;

TEST(addresses_follow_bounds_and_row_bytes) {
    std::byte memory[64]{};
    ofx::PixelView view{memory, 24, {-7, 13, -5, 15}, 3, ofx::Depth::Float};
    CHECK(view.at(-7, 13) == memory);
    CHECK(view.at(-6, 13) == memory + 12);
    CHECK(view.at(-7, 14) == memory + 24);
    view.data = memory + 32;
    view.rowBytes = -32;
    CHECK(view.at(-6, 14) == memory + 12);
}

TEST(addresses_are_wider_than_an_int) {
    const ofx::PixelView view{
        nullptr, std::ptrdiff_t{16} * 40000, {0, 0, 40000, 40000}, 4, ofx::Depth::Float};
    const auto offset = reinterpret_cast<std::intptr_t>(view.at(39999, 39999));
    CHECK(offset == std::intptr_t{39999} * 640000 + std::intptr_t{39999} * 16);
}

TEST(rectangles_that_do_not_meet_are_empty) {
    CHECK(ofx::isEmpty(ofx::intersect({0, 0, 4, 4}, {4, 0, 8, 4})));
    CHECK(ofx::isEqual(ofx::intersect({0, 0, 4, 4}, {-2, 1, 3, 9}), {0, 1, 3, 4}));
    const OfxRectI apart = ofx::intersect({0, 0, 4, 4}, {9, 9, 12, 12});
    CHECK(apart.x1 <= apart.x2 && apart.y1 <= apart.y2);
}

TEST(copying_keeps_to_what_both_have) {
    const fake::Image from({{0, 0, 4, 3}, 4, ofx::Depth::Float, 8, true});
    const fake::Image to({{-1, 1, 3, 5}, 4, ofx::Depth::Float, 20, false});
    from.fill(2);
    to.fill(1);
    ofx::copyPixels(from.pixels(), to.pixels());
    CHECK(to.at(-1, 1) == 1);
    CHECK(to.at(0, 1) == 2);
    CHECK(to.at(2, 2, 3) == 2);
    CHECK(to.at(2, 3) == 1);
    CHECK(to.isPaddingUntouched());
}

TEST(clearing_touches_the_window_alone) {
    const fake::Image image({{0, 0, 4, 3}, 3, ofx::Depth::Float, 4, true});
    image.fill(1);
    ofx::clearPixels(ofx::crop(image.pixels(), {1, 1, 9, 2}));
    CHECK(image.at(0, 1) == 1 && image.at(1, 1) == 0 && image.at(3, 1, 2) == 0);
    CHECK(image.at(1, 0) == 1 && image.at(1, 2) == 1);
    CHECK(image.isPaddingUntouched());
}

TEST(missing_properties_read_as_the_fallback) {
    fake::Host host;
    const ofx::Suites suites = host.suites();
    fake::Properties values;
    values.values["list"] = {std::string("a"), std::string("b")};
    const ofx::PropertySet set(suites, values.handle());
    CHECK(set.get("none", 7) == 7);
    CHECK(set.get("none", 0.5) == 0.5);
    CHECK(set.get("none", "x") == "x");
    CHECK(set.pointer("none") == nullptr);
    CHECK(set.dimension("none") == 0);
    CHECK(set.get("list", "", 1) == "b");
    CHECK(set.lists("list", "b") && !set.lists("list", "c"));
}

TEST(setting_what_the_host_lacks_does_nothing_but_no_memory_throws) {
    fake::Host host;
    const ofx::Suites suites = host.suites();
    fake::Properties values;
    values.unknown = {"strange"};
    const ofx::PropertySet set(suites, values.handle());
    set.set("strange", 1);
    CHECK(values.values.count("strange") == 0);
    values.setStatus = kOfxStatErrMemory;
    OfxStatus status = kOfxStatOK;
    try {
        set.set("common", 1);
    } catch (const ofx::Error& error) {
        status = error.status();
    }
    CHECK(status == kOfxStatErrMemory);
}

TEST(statuses_of_suites_become_what_every_action_may_answer) {
    const auto statusFor = [](OfxStatus status) {
        try {
            ofx::check(status, "function");
        } catch (const ofx::Error& error) {
            return error.status();
        }
        return kOfxStatOK;
    };
    CHECK(statusFor(kOfxStatOK) == kOfxStatOK);
    CHECK(statusFor(kOfxStatErrMemory) == kOfxStatErrMemory);
    CHECK(statusFor(kOfxStatErrBadHandle) == kOfxStatFailed);
    CHECK(statusFor(kOfxStatErrFatal) == kOfxStatFailed);
}

TEST(hosts_are_known_by_what_they_say) {
    fake::Host host;
    const ofx::Suites suites = host.suites();
    const ofx::PropertySet set(suites, host.properties.handle());
    CHECK(!ofx::quirksOf(set).worksSceneLinear);
    for (const char* name : {"fr.inria.Natron", "uk.co.thefoundry.nuke"}) {
        host.properties.values[kOfxPropName] = {std::string(name)};
        CHECK(ofx::quirksOf(set).worksSceneLinear);
    }
    CHECK(ofx::hasTemporalAccess(set));
    host.properties.values.erase(kOfxImageEffectPropTemporalClipAccess);
    CHECK(!ofx::hasTemporalAccess(set));
}
