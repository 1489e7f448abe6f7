// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "check.h"
#include "scene.h"

using fake::Scene;

namespace {

fake::Properties at(double time) {
    fake::Properties in;
    in.values[kOfxPropTime] = {time};
    return in;
}

}  // namespace

TEST(loading_needs_the_three_suites_and_no_others) {
    fake::Host host;
    evenlight::Plugin plugin(fake::testEffect());
    CHECK(plugin.run(kOfxActionLoad, nullptr, nullptr, nullptr) == kOfxStatFailed);
    plugin.setHost(host.handle());
    for (const char* suite : {"OfxPropertySuite1", "OfxImageEffectSuite1", "OfxParameterSuite1"}) {
        host.withheld = {suite};
        CHECK(plugin.run(kOfxActionLoad, nullptr, nullptr, nullptr) == kOfxStatFailed);
    }
    host.withheld = {"OfxMessageSuite1", "OfxMessageSuite2"};
    CHECK(plugin.run(kOfxActionLoad, nullptr, nullptr, nullptr) == kOfxStatOK);
}

TEST(actions_without_load_or_handle_fail_and_unknown_ones_are_left) {
    evenlight::Plugin plugin(fake::testEffect());
    fake::Effect effect;
    CHECK(plugin.run(kOfxActionDescribe, &effect, nullptr, nullptr) == kOfxStatFailed);
    Scene scene;
    CHECK(scene.plugin.run(kOfxActionDescribe, nullptr, nullptr, nullptr) == kOfxStatFailed);
    CHECK(scene.plugin.run(nullptr, &effect, nullptr, nullptr) == kOfxStatFailed);
    CHECK(scene.act("OfxActionOfTomorrow") == kOfxStatReplyDefault);
    CHECK(scene.act(kOfxActionPurgeCaches) == kOfxStatReplyDefault);
}

TEST(unload_leaves_instances_alive_and_load_may_come_again) {
    Scene scene;
    CHECK(scene.act(kOfxActionUnload) == kOfxStatOK);
    CHECK(scene.act(kOfxActionLoad) == kOfxStatOK);
    CHECK(scene.render() == kOfxStatOK);
}

TEST(an_instance_keeps_to_the_host_that_made_it) {
    Scene scene;
    fake::Host other;
    other.properties.values[kOfxImageEffectPropTemporalClipAccess] = {0};
    scene.plugin.setHost(other.handle());
    CHECK(scene.act(kOfxActionLoad) == kOfxStatOK);
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.python.opened == 1);
}

TEST(loading_and_describing_on_many_threads_at_once) {
    Scene scene;
    std::vector<std::thread> threads;
    std::atomic<int> failed{0};
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int turn = 0; turn < 50; ++turn) {
                fake::Effect effect;
                scene.plugin.setHost(scene.host.handle());
                const OfxStatus loaded =
                    scene.plugin.run(kOfxActionLoad, nullptr, nullptr, nullptr);
                const OfxStatus described = scene.plugin.run(kOfxImageEffectActionDescribeInContext,
                                                             &effect, nullptr, nullptr);
                scene.plugin.run(kOfxActionUnload, nullptr, nullptr, nullptr);
                if (loaded != kOfxStatOK || described != kOfxStatOK) ++failed;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(failed == 0);
}

TEST(frames_needed_follow_the_animated_radius) {
    Scene scene;
    scene.instance.params.at("radius").at = [](double time) { return time == 5 ? 3.0 : 1.0; };
    fake::Properties out;
    for (const double time : {5.0, 6.0}) {
        fake::Properties in = at(time);
        CHECK(scene.act(kOfxImageEffectActionGetFramesNeeded, &in, &out) == kOfxStatOK);
        const double radius = time == 5 ? 3 : 1;
        CHECK(out.at<double>("OfxImageClipPropFrameRange_Source", 0) == time - radius);
        CHECK(out.at<double>("OfxImageClipPropFrameRange_Source", 1) == time + radius);
        CHECK(out.at<double>("OfxImageClipPropFrameRange_Mask", 1) == time);
    }
}

TEST(frames_needed_stay_inside_a_clip_that_holds_the_frame) {
    Scene scene;
    scene.instance.clips["Source"].values[kOfxImageEffectPropFrameRange] = {4.0, 6.0};
    const std::map<double, std::pair<double, double>> expected{
        {5, {4, 6}}, {4, {4, 6}}, {6, {4, 6}}, {20, {18, 22}}, {0, {-2, 2}}};
    for (const auto& [time, range] : expected) {
        fake::Properties in = at(time);
        fake::Properties out;
        scene.act(kOfxImageEffectActionGetFramesNeeded, &in, &out);
        CHECK(out.at<double>("OfxImageClipPropFrameRange_Source", 0) == range.first);
        CHECK(out.at<double>("OfxImageClipPropFrameRange_Source", 1) == range.second);
    }
}

TEST(regions_are_the_whole_source) {
    Scene scene;
    fake::Properties in = at(5);
    fake::Properties out;
    CHECK(scene.act(kOfxImageEffectActionGetRegionOfDefinition, &in, &out) == kOfxStatReplyDefault);
    scene.instance.clips["Source"].region = OfxRectD{1, 2, 30, 40};
    CHECK(scene.act(kOfxImageEffectActionGetRegionOfDefinition, &in, &out) == kOfxStatOK);
    CHECK(scene.act(kOfxImageEffectActionGetRegionsOfInterest, &in, &out) == kOfxStatOK);
    CHECK(out.at<double>(kOfxImageEffectPropRegionOfDefinition, 2) == 30);
    CHECK(out.at<double>("OfxImageClipPropRoI_Source", 3) == 40);
    CHECK(out.values.count("OfxImageClipPropRoI_Mask") == 0);
}

TEST(identity_is_told_by_the_terms_of_the_table) {
    Scene scene;
    fake::Properties in = at(5);
    fake::Properties out;
    CHECK(scene.act(kOfxImageEffectActionIsIdentity, &in, &out) == kOfxStatReplyDefault);
    scene.instance.params.at("strength").at = [](double time) { return time == 5 ? 0.0 : 1.0; };
    CHECK(scene.act(kOfxImageEffectActionIsIdentity, &in, &out) == kOfxStatOK);
    CHECK(out.at<std::string>(kOfxPropName) == "Source");
    CHECK(out.at<double>(kOfxPropTime) == 5);
    in = at(6);
    CHECK(scene.act(kOfxImageEffectActionIsIdentity, &in, &out) == kOfxStatReplyDefault);
    in = at(5);
    scene.set("view", 1);
    CHECK(scene.act(kOfxImageEffectActionIsIdentity, &in, &out) == kOfxStatReplyDefault);
}

TEST(instances_share_the_open_effect_and_the_last_closes_it) {
    Scene first;
    {
        Scene second;
        CHECK(first.render() == kOfxStatOK);
        CHECK(second.render() == kOfxStatOK);
        CHECK(first.python.opened == 1 && first.python.open == 1);
    }
    CHECK(first.python.open == 1);
    CHECK(first.act(kOfxActionDestroyInstance) == kOfxStatOK);
    CHECK(first.python.open == 0);
}
