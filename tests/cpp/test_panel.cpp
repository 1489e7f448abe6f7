// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>

#include "check.h"
#include "ofx/error.h"
#include "scene.h"

using evenlight::Errand;
using fake::Scene;
using Strings = std::vector<std::string>;

namespace {

OfxStatus change(Scene& scene, const char* name, const char* reason = kOfxChangeUserEdited,
                 const char* type = kOfxTypeParameter) {
    fake::Properties in;
    in.values[kOfxPropType] = {std::string(type)};
    in.values[kOfxPropName] = {std::string(name)};
    in.values[kOfxPropChangeReason] = {std::string(reason)};
    in.values[kOfxPropTime] = {3.0};
    return scene.act(kOfxActionInstanceChanged, &in);
}

double valueOf(Scene& scene, const std::string& name) {
    return scene.instance.params.at(name).at(3);
}

bool isEnabled(Scene& scene, const std::string& name) {
    const fake::Properties& properties = scene.instance.params.at(name).properties;
    return properties.values.count(kOfxParamPropEnabled) == 0 ||
           properties.at<int>(kOfxParamPropEnabled) != 0;
}

}  // namespace

TEST(a_preset_sets_its_values_in_one_step_of_undo_and_keeps_what_is_of_the_shot) {
    Scene scene;
    scene.set("preset", 2);
    scene.set("view", 0);
    CHECK(change(scene, "preset") == kOfxStatOK);
    CHECK(valueOf(scene, "strength") == 0.5 && valueOf(scene, "radius") == 4);
    CHECK(valueOf(scene, "view") == 0);  // is kept, whatever the preset says
    CHECK(valueOf(scene, "preset") == 2);
    CHECK(scene.instance.edits == Strings{"Preset Gentle"} && scene.instance.openEdits == 0);
    CHECK(scene.instance.params["note"].text == "Little is done.");
    CHECK(scene.python.started == 0);
    scene.set("preset", 1);
    change(scene, "preset");
    CHECK(valueOf(scene, "strength") == 1 && valueOf(scene, "radius") == 2);
}

TEST(a_preset_takes_the_place_of_keyframes) {
    Scene scene;
    scene.instance.params["strength"].keys = {{1, 0.0}, {9, 1.0}};
    scene.set("preset", 2);
    change(scene, "preset");
    CHECK(scene.instance.params["strength"].keys.empty() && valueOf(scene, "strength") == 0.5);
}

TEST(a_change_by_hand_shows_that_the_values_are_no_presets_any_more) {
    Scene scene;
    for (const char* name : {"strength", "view"}) {
        scene.set("preset", 2);
        change(scene, name);
        CHECK(valueOf(scene, "preset") == (name == std::string("view") ? 2 : 0));
    }
    scene.set("preset", 2);
    CHECK(change(scene, "strength", kOfxChangePluginEdited) == kOfxStatReplyDefault);
    CHECK(valueOf(scene, "preset") == 2);
}

TEST(what_has_no_effect_is_disabled) {
    Scene scene;
    CHECK(isEnabled(scene, "radius") && !isEnabled(scene, "cut"));
    CHECK(!isEnabled(scene, "analyse_clip") && !isEnabled(scene, "load_preset"));
    scene.set("strength", 0);
    scene.instance.params["file"].text = "shot.evenlight";
    change(scene, "strength");
    CHECK(!isEnabled(scene, "radius") && isEnabled(scene, "analyse_clip"));
    scene.set("view", 1);  // one of those that the cut needs, but not the strength
    change(scene, "view");
    CHECK(!isEnabled(scene, "cut"));
    scene.instance.params["strength"].keys = {{1, 0.0}, {9, 1.0}};
    change(scene, "view");
    CHECK(isEnabled(scene, "cut") && isEnabled(scene, "radius"));
    scene.instance.params["strength"].keys.clear();
    scene.act(kOfxActionBeginInstanceEdit);
    CHECK(!isEnabled(scene, "radius"));
}

TEST(a_mask_is_used_when_it_is_connected) {
    Scene scene;
    CHECK(change(scene, "Mask", kOfxChangeUserEdited, kOfxTypeClip) == kOfxStatOK);
    CHECK(valueOf(scene, "cut") == 0);
    scene.instance.clips["Mask"].values[kOfxImageClipPropConnected] = {1};
    change(scene, "Mask", kOfxChangeUserEdited, kOfxTypeClip);
    CHECK(valueOf(scene, "cut") == 1);
    CHECK(change(scene, "Source", kOfxChangeUserEdited, kOfxTypeClip) == kOfxStatReplyDefault);
}

TEST(a_preset_file_is_loaded) {
    Scene scene;
    scene.python.onErrand = [](Errand errand, const auto& file, const auto&, auto&) {
        CHECK(errand == Errand::LoadPreset && file == "look.json");
        return std::string(
            "look.json is loaded.\nstrength=0:0.25,8:1\nradius=7\ncut=on\nview=difference\n"
            "file=other\nnothing=1\nradius=nonsense");
    };
    CHECK(change(scene, "load_preset") == kOfxStatOK);
    CHECK(scene.instance.persistent == "Name a Preset file first.");
    scene.instance.params["preset_file"].text = "look.json";
    scene.set("preset", 2);
    CHECK(change(scene, "load_preset") == kOfxStatOK);
    CHECK((scene.instance.params["strength"].keys == std::map<double, double>{{0, 0.25}, {8, 1}}));
    CHECK(valueOf(scene, "radius") == 7 && valueOf(scene, "cut") == 1);
    CHECK(valueOf(scene, "view") == 0 && scene.instance.params["file"].text.empty());
    CHECK(valueOf(scene, "preset") == 0);
    CHECK(scene.instance.edits == Strings{"Load preset"});
    CHECK(scene.instance.params["note"].text == "look.json is loaded.");
    scene.python.onErrand = [](auto, const auto&, const auto&, auto&) -> std::string {
        throw evenlight::ofx::Error(kOfxStatFailed, "look.json is no preset");
    };
    CHECK(change(scene, "load_preset") == kOfxStatFailed);
    CHECK(scene.instance.persistent == "look.json is no preset");
}

TEST(a_preset_file_is_replaced_only_where_the_person_says_so) {
    Scene scene;
    const std::string file = "evenlight_test_panel.json";
    std::ofstream(file) << "{}";
    int saved = 0;
    scene.python.onErrand = [&](Errand errand, const auto&, const auto&, auto&) {
        saved += errand == Errand::SavePreset ? 1 : 0;
        return std::string("Saved.");
    };
    scene.instance.params["preset_file"].text = file;
    change(scene, "save_preset");
    CHECK(saved == 0 && scene.instance.messages.front() == file + " exists. Replace it?");
    CHECK(scene.instance.persistent.find("was not replaced") != std::string::npos);
    scene.instance.answer = kOfxStatReplyYes;
    change(scene, "save_preset");
    CHECK(saved == 1 && scene.instance.params["note"].text == "Saved.");
    std::remove(file.c_str());
    scene.instance.answer = kOfxStatReplyNo;
    change(scene, "save_preset");
    CHECK(saved == 2);
}

TEST(auto_measures_all_of_the_clip_and_sets_what_suits_it) {
    Scene scene;
    scene.host.properties.values[kOfxImageEffectPropTemporalClipAccess] = {1};
    scene.instance.clips["Source"].values[kOfxImageEffectPropFrameRange] = {0.0, 9.0};
    Strings measured;
    scene.python.onErrand = [&](Errand errand, const auto& file, const auto& request,
                                auto& frames) {
        if (errand == Errand::Suit) {
            CHECK(file == "measures of 0\n");
            return std::string("It flickers. So strength was raised.\nstrength=2");
        }
        CHECK(request.before == 0 && request.after == 9 && frames.fetch({}, 9.0).has_value());
        return "measures of " + std::to_string(static_cast<int>(request.time));
    };
    CHECK(change(scene, "auto_settings") == kOfxStatOK);
    CHECK(valueOf(scene, "strength") == 2 && scene.instance.edits == Strings{"Auto"});
    CHECK(scene.instance.params["note"].text == "It flickers. So strength was raised.");
    CHECK(scene.allReleased() && scene.instance.progressBars == 0);
}
