// SPDX-License-Identifier: Apache-2.0
// Hosts that destroy what they render.
#include <atomic>
#include <chrono>
#include <thread>

#include "check.h"
#include "ofx/error.h"
#include "scene.h"

using fake::Scene;

namespace {

constexpr std::chrono::milliseconds kPause(1);

void waitFor(const std::atomic<bool>& mark) {
    while (!mark) std::this_thread::sleep_for(kPause);
}

}  // namespace

TEST(an_instance_that_is_destroyed_while_it_renders_is_held_until_the_render_has_left) {
    Scene scene;
    std::atomic<bool> renders{false};
    std::atomic<bool> hasLeft{false};
    scene.python.onProcess = [&](const auto&, auto& frames, const auto&) -> std::string {
        renders = true;
        while (!frames.aborted()) std::this_thread::sleep_for(kPause);
        std::this_thread::sleep_for(50 * kPause);  // what the host handed over is still in use
        hasLeft = true;
        throw evenlight::ofx::Aborted();
    };
    OfxStatus rendered = kOfxStatOK;
    std::thread thread([&] { rendered = scene.render(); });
    waitFor(renders);
    CHECK(scene.act(kOfxActionDestroyInstance) == kOfxStatOK);
    CHECK(hasLeft);
    thread.join();
    CHECK(rendered == kOfxStatFailed);  // nobody asked this render to stop: it is not as wanted
    CHECK(scene.allReleased());
    CHECK(scene.act(kOfxActionCreateInstance) == kOfxStatOK);
}

TEST(an_instance_that_is_gone_is_not_believed) {
    Scene scene;
    fake::Properties in;
    scene.python.onProcess = [](const auto&, auto&, const auto&) { return std::string("a note"); };
    CHECK(scene.render() == kOfxStatOK);
    const auto kept = scene.instance.properties.values.at(kOfxPropInstanceData);
    CHECK(scene.act(kOfxActionDestroyInstance) == kOfxStatOK);
    scene.instance.properties.values[kOfxPropInstanceData] = kept;  // as a host that forgot
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.act(kOfxActionDestroyInstance) == kOfxStatOK);
    CHECK(scene.act(kOfxActionCreateInstance) == kOfxStatOK);
}
