// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>
#include <set>
#include <stdexcept>

#include "check.h"
#include "ofx/error.h"
#include "ofxColour.h"
#include "scene.h"

namespace ofx = evenlight::ofx;
using evenlight::ClipId;
using evenlight::FrameServer;
using evenlight::RenderRequest;
using fake::Scene;

namespace {

constexpr OfxRectI kFrame{-7, 13, -3, 16};  // 4 x 3

/// Fills `out` with a number, so that what is written can be told from what is not.
fake::Runtime::Process filling(float value) {
    return [value](const RenderRequest&, FrameServer&, const ofx::PixelView& out) {
        for (int y = out.bounds.y1; y < out.bounds.y2; ++y)
            for (int x = out.bounds.x1; x < out.bounds.x2; ++x)
                for (int c = 0; c < out.channels; ++c)
                    reinterpret_cast<float*>(out.at(x, y))[c] = value;
        return std::string();
    };
}

fake::Runtime::Process throwing(const std::function<void()>& body) {
    return [body](const RenderRequest& request, FrameServer& frames, const ofx::PixelView& out) {
        filling(99)(request, frames, out);
        body();
        return std::string();
    };
}

}  // namespace

TEST(python_is_told_the_window_the_values_and_the_samples) {
    Scene scene({kFrame});
    scene.set("view", 1);
    scene.instance.params.at("cut").at = [](double time) { return time == 4 ? 1.0 : 0.0; };
    RenderRequest seen;
    ofx::PixelView out;
    scene.python.onProcess = [&](const auto& request, auto&, const auto& view) {
        seen = request;
        out = view;
        return std::string();
    };
    CHECK(scene.render(5, OfxRectI{-6, 13, -4, 15}) == kOfxStatOK);
    CHECK(seen.time == 5 && seen.before == 2 && seen.after == 2);
    CHECK(seen.originRow == 1 && seen.originColumn == 1);
    CHECK(out.width() == 2 && out.height() == 2 && out.channels == 4);
    std::map<std::string, evenlight::ParamValue> values(seen.values.begin(), seen.values.end());
    CHECK(std::get<double>(values.at("strength")) == 1);
    CHECK(std::get<int>(values.at("radius")) == 2);
    CHECK(std::get<std::string>(values.at("view")) == "difference");
    CHECK(std::get<std::vector<double>>(values.at("cut")) == (std::vector<double>{0, 1, 0, 0, 0}));
    CHECK(scene.allReleased());
}

TEST(every_layout_gets_the_same_pixels) {
    for (const int padding : {0, 12})
        for (const bool isDownwards : {false, true}) {
            Scene scene({kFrame, 4, ofx::Depth::Float, padding, isDownwards});
            scene.output->fill(7);
            scene.python.onProcess = filling(3);
            CHECK(scene.render(5, OfxRectI{-6, 14, 50, 15}) == kOfxStatOK);
            CHECK(scene.output->at(-6, 14) == 3 && scene.output->at(-4, 14, 3) == 3);
            CHECK(scene.output->at(-7, 14) == 7 && scene.output->at(-6, 13) == 7);
            CHECK(scene.output->at(-6, 15) == 7);
            CHECK(scene.output->isPaddingUntouched());
            CHECK(scene.frames.at(5)->at(-6, 14) == 5);
        }
}

TEST(outside_the_source_the_output_is_black) {
    Scene scene(fake::ImageOptions{{0, 0, 4, 3}});
    scene.output = std::make_unique<fake::Image>(fake::ImageOptions{{-2, -1, 6, 5}});
    scene.output->fill(7);
    scene.python.onProcess = filling(3);
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.output->at(-2, -1) == 0 && scene.output->at(5, 4, 3) == 0);
    CHECK(scene.output->at(0, 0) == 3 && scene.output->at(3, 2) == 3);
}

TEST(a_missing_source_gives_black_and_no_call) {
    Scene scene;
    scene.output->fill(7);
    CHECK(scene.render(50) == kOfxStatOK);
    CHECK(scene.output->at(1, 1) == 0);
    CHECK(scene.python.started == 0);
    scene.instance.clips["Source"].values[kOfxImageClipPropConnected] = {0};
    CHECK(scene.render(5) == kOfxStatOK);
    CHECK(scene.instance.clips["Source"].fetched == std::vector<double>{50});
}

TEST(a_missing_output_fails_unless_the_host_stops) {
    Scene scene;
    scene.instance.clips["Output"].imageAt = [](double) { return nullptr; };
    CHECK(scene.render() == kOfxStatFailed);
    scene.instance.abortAnswer = 1;
    CHECK(scene.render() == kOfxStatOK);
}

TEST(what_fails_leaves_the_source_and_a_message) {
    Scene scene({kFrame});
    scene.python.onProcess =
        throwing([] { throw ofx::Error(kOfxStatFailed, "It is 100 % wrong."); });
    for (int turn = 0; turn < 2; ++turn) {
        scene.output->fill(7);
        CHECK(scene.render() == kOfxStatFailed);
        CHECK(scene.output->at(-7, 13) == 5 && scene.output->at(-4, 15, 3) == 5);
    }
    CHECK(scene.instance.messages == std::vector<std::string>{"It is 100 %% wrong."});
    CHECK(scene.instance.persistentKind == kOfxMessageError);
    CHECK(scene.allReleased());
    scene.python.onProcess = filling(3);
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.instance.persistent.empty());
}

TEST(every_kind_of_exception_is_held) {
    Scene scene;
    scene.python.onProcess = throwing([] { throw std::bad_alloc(); });
    CHECK(scene.render() == kOfxStatErrMemory);
    CHECK(scene.output->at(0, 0) == 5);
    scene.python.onProcess = throwing([] { throw std::runtime_error("odd"); });
    CHECK(scene.render() == kOfxStatFailed);
    CHECK(scene.instance.persistent.find("odd") != std::string::npos);
    scene.python.onProcess = throwing([] { throw 1; });  // NOLINT: plug-ins meet worse
    CHECK(scene.render() == kOfxStatFailed);
    CHECK(scene.output->at(0, 0) == 5);
    CHECK(scene.allReleased());
}

TEST(an_abort_is_no_failure) {
    Scene scene;
    scene.instance.abortAnswer = 1;
    bool asked = false;
    scene.python.onProcess = [&](const auto&, FrameServer& frames, const auto&) -> std::string {
        asked = frames.aborted();
        throw ofx::Aborted();
    };
    CHECK(scene.render() == kOfxStatOK);
    CHECK(asked && scene.instance.messages.empty() && scene.allReleased());
}

TEST(a_runtime_that_does_not_start_leaves_the_source) {
    Scene scene;
    scene.python.startError = "No Python.";
    CHECK(scene.render() == kOfxStatFailed);
    CHECK(scene.output->at(0, 0) == 5);
    CHECK(scene.instance.persistent == "No Python.");
}

TEST(notices_are_shown_once_and_taken_away) {
    Scene scene;
    scene.python.onProcess = [](const auto&, auto&, const auto&) { return "Short clip."; };
    scene.render(4);
    scene.render(5);
    CHECK(scene.instance.messages == std::vector<std::string>{"Short clip."});
    CHECK(scene.instance.persistentKind == kOfxMessageWarning);
    scene.python.onProcess = filling(1);
    scene.render(6);
    CHECK(scene.instance.persistent.empty());
    scene.python.onProcess = throwing([] { throw ofx::Error(kOfxStatFailed, "Wrong."); });
    scene.render(6);
    CHECK(scene.instance.persistent == "Wrong.");
    scene.set("strength", 0);
    scene.render(6);
    CHECK(scene.instance.persistent.empty());
}

TEST(messages_go_the_plain_way_where_no_other_works) {
    const auto messagesWithout = [](const std::set<std::string>& withheld) {
        Scene scene;
        scene.host.withheld = withheld;
        scene.act(kOfxActionDestroyInstance);
        scene.act(kOfxActionLoad);
        scene.act(kOfxActionCreateInstance);
        scene.python.startError = "No Python.";
        CHECK(scene.render() == kOfxStatFailed);
        CHECK(scene.instance.persistent.empty());
        return scene.instance.messages.size();
    };
    CHECK(messagesWithout({"setPersistentMessage"}) == 1);
    CHECK(messagesWithout({"OfxMessageSuite2"}) == 1);
    CHECK(messagesWithout({"OfxMessageSuite1", "OfxMessageSuite2"}) == 0);
}

TEST(identity_copies_and_starts_no_python) {
    Scene scene({kFrame, 4, ofx::Depth::Float, 16, true});
    scene.set("strength", 0);
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.output->at(-5, 14, 2) == 5);
    CHECK(scene.python.started == 0);
}

TEST(without_temporal_access_the_frame_passes_and_the_reason_is_told_once) {
    for (int host = 0; host < 2; ++host) {
        Scene scene;
        scene.host.properties.values[kOfxImageEffectPropTemporalClipAccess] = {0};
        CHECK(scene.render(4) == kOfxStatOK);
        CHECK(scene.render(5) == kOfxStatOK);
        CHECK(scene.output->at(0, 0) == 5);
        CHECK(scene.python.started == 0);
        CHECK(scene.instance.messages.size() == (host == 0 ? 1 : 0));
        if (host == 0)
            CHECK(scene.instance.persistent.find("Test has nothing") != std::string::npos);
    }
}

TEST(neighbours_are_fetched_once_and_held_until_the_end) {
    Scene scene;
    int named = 0;
    scene.python.onProcess = [&](const auto&, FrameServer& frames, const auto&) {
        for (int turn = 0; turn < 2; ++turn)
            for (const double time : {4.0, 5.0, 6.0}) {
                const auto image = frames.fetch(ClipId::Source, time);
                CHECK(image && *reinterpret_cast<float*>(image->pixels.at(0, 0)) == time);
                CHECK(!image->premultiplied);
                named += image->identifier.empty() ? 0 : 1;
            }
        CHECK(named == 1);  // the host calls all of them "image": once seen, it is not believed
        CHECK(!frames.fetch(ClipId::Source, 99));
        CHECK(scene.frames.at(4)->held == 1);
        return std::string();
    };
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.instance.clips["Source"].fetched == (std::vector<double>{5, 4, 6, 99}));
    CHECK(scene.allReleased());
}

TEST(frames_outside_the_range_of_the_clip_are_not_asked_for) {
    Scene scene;
    scene.instance.clips["Source"].values[kOfxImageEffectPropFrameRange] = {5.0, 6.0};
    scene.python.onProcess = [](const auto&, FrameServer& frames, const auto&) {
        CHECK(!frames.fetch(ClipId::Source, 4));
        CHECK(frames.fetch(ClipId::Source, 6));
        return std::string();
    };
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.instance.clips["Source"].fetched == (std::vector<double>{5, 6}));
}

TEST(the_current_frame_under_another_time_is_absent) {
    Scene scene;
    scene.instance.clips["Source"].imageAt = [&](double) { return scene.frames.at(5).get(); };
    scene.python.onProcess = [](const auto&, FrameServer& frames, const auto&) {
        CHECK(!frames.fetch(ClipId::Source, 4));
        CHECK(frames.fetch(ClipId::Source, 5));
        return std::string();
    };
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.allReleased());
}

TEST(the_mask_is_laid_over_the_source) {
    Scene scene(fake::ImageOptions{{0, 0, 4, 3}});
    fake::Image mask({{2, 1, 9, 9}, 1});
    mask.fill(1);
    scene.instance.clips["Mask"].imageAt = [&](double) { return &mask; };
    scene.python.onProcess = [](const auto&, FrameServer& frames, const auto&) {
        const auto image = frames.fetch(ClipId::Mask, 5);
        CHECK(image && image->pixels.width() == 4 && image->pixels.height() == 3);
        CHECK(image->pixels.channels == 1 && image->identifier.empty());
        const auto value = [&](int x, int y) {
            return *reinterpret_cast<float*>(image->pixels.at(x, y));
        };
        CHECK(value(2, 1) == 1 && value(3, 2) == 1 && value(1, 1) == 0 && value(3, 0) == 0);
        return std::string();
    };
    CHECK(scene.render() == kOfxStatOK);
    CHECK(mask.held == 0);
}

TEST(a_mask_that_yields_nothing_is_absent) {
    Scene scene;
    scene.python.onProcess = [](const auto&, FrameServer& frames, const auto&) {
        CHECK(!frames.fetch(ClipId::Mask, 5));
        return std::string();
    };
    CHECK(scene.render() == kOfxStatOK);
    scene.instance.clips.erase("Mask");
    CHECK(scene.render() == kOfxStatOK);
}

TEST(source_and_output_of_other_kinds_are_refused) {
    Scene scene;
    scene.output =
        std::make_unique<fake::Image>(fake::ImageOptions{{0, 0, 4, 3}, 3, ofx::Depth::Byte});
    CHECK(scene.render() == kOfxStatFailed);
    CHECK(scene.instance.persistent.find("RGBA float") != std::string::npos);
    CHECK(scene.instance.persistent.find("RGB 8-bit") != std::string::npos);
    CHECK(scene.allReleased());
}

TEST(images_that_cannot_be_are_refused) {
    Scene scene;
    scene.output->fill(7);
    scene.frames.at(5)->values[kOfxImageEffectPropPixelDepth] = {std::string("OfxBitDepthOdd")};
    CHECK(scene.render(5) == kOfxStatFailed);
    CHECK(scene.instance.persistent.find("OfxBitDepthOdd") != std::string::npos);
    CHECK(scene.output->at(0, 0) == 0);
    scene.frames.at(6)->values[kOfxImagePropRowBytes] = {8};
    CHECK(scene.render(6) == kOfxStatFailed);
    scene.frames.at(7)->values[kOfxImagePropData] = {static_cast<void*>(nullptr)};
    CHECK(scene.render(7) == kOfxStatOK);
    CHECK(scene.allReleased());
}

TEST(an_instance_that_was_never_made_renders) {
    Scene scene;
    scene.act(kOfxActionDestroyInstance);
    scene.instance.properties.values.clear();
    scene.python.onProcess = filling(3);
    CHECK(scene.render() == kOfxStatOK);
    CHECK(scene.output->at(0, 0) == 3);
    CHECK(scene.python.open == 0);
}

TEST(the_encoding_is_what_the_host_tells) {
    Scene scene;
    std::string encoding;
    scene.python.onProcess = [&](const auto& request, auto&, const auto&) {
        encoding = request.encoding;
        return std::string();
    };
    fake::Clip& source = scene.instance.clips["Source"];
    source.values[kOfxImageClipPropColourspace] = {std::string("lin_rec709")};
    scene.render();
    CHECK(encoding.empty());
    CHECK(source.asked.count(kOfxImageClipPropColourspace) == 0);
    scene.host.properties.values[kOfxPropName] = {std::string("fr.inria.Natron")};
    scene.render();
    CHECK(encoding == "scene_linear");
    scene.host.properties.values[kOfxImageEffectPropColourManagementStyle] = {
        std::string(kOfxImageEffectColourManagementFull)};
    scene.render();
    CHECK(encoding == "lin_rec709");
}

TEST(an_empty_window_is_no_work) {
    Scene scene;
    CHECK(scene.render(5, OfxRectI{2, 2, 2, 2}) == kOfxStatOK);
    CHECK(scene.render(5, OfxRectI{90, 90, 99, 99}) == kOfxStatOK);
    CHECK(scene.python.started == 0);
}

TEST(the_order_of_fields_is_that_of_the_source_where_whole_frames_are_rendered) {
    Scene scene;
    evenlight::Fields fields = evenlight::Fields::LowerFirst;
    scene.python.onProcess = [&](const auto& request, auto&, const auto&) {
        fields = request.fields;
        return std::string();
    };
    scene.render();
    CHECK(fields == evenlight::Fields::None);
    fake::Clip& source = scene.instance.clips["Source"];
    source.values[kOfxImageClipPropFieldOrder] = {std::string(kOfxImageFieldUpper)};
    scene.render();
    CHECK(fields == evenlight::Fields::UpperFirst);
    source.values[kOfxImageClipPropFieldOrder] = {std::string(kOfxImageFieldLower)};
    scene.render();
    CHECK(fields == evenlight::Fields::LowerFirst);
}
