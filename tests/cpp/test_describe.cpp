// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "ofxColour.h"
#include "scene.h"

using fake::Scene;
using Strings = std::vector<std::string>;

TEST(contexts_components_and_depths_are_told) {
    Scene scene;
    const fake::Properties& effect = scene.descriptor.properties;
    CHECK(effect.strings(kOfxImageEffectPropSupportedContexts) ==
          (Strings{kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral}));
    CHECK(effect.strings(kOfxImageEffectPropSupportedPixelDepths) ==
          (Strings{kOfxBitDepthFloat, kOfxBitDepthHalf, kOfxBitDepthShort, kOfxBitDepthByte}));
    CHECK(effect.at<int>(kOfxImageEffectPropSupportsTiles) == 0);
    CHECK(effect.at<int>(kOfxImageEffectPropTemporalClipAccess) == 1);
    CHECK(effect.at<std::string>(kOfxImageEffectPluginRenderThreadSafety) ==
          kOfxImageEffectRenderInstanceSafe);
    const Strings components{kOfxImageComponentRGBA, kOfxImageComponentRGB,
                             kOfxImageComponentAlpha};
    for (const char* clip : {"Source", "Output"})
        CHECK(scene.descriptor.clips.at(clip).strings(kOfxImageEffectPropSupportedComponents) ==
              components);
    CHECK(scene.descriptor.clips.at("Source").at<int>(kOfxImageEffectPropTemporalClipAccess) == 1);
    CHECK(scene.descriptor.clips.at("Mask").at<int>(kOfxImageClipPropOptional) == 1);
    CHECK(scene.descriptor.clips.at("Mask").at<int>(kOfxImageClipPropIsMask) == 1);
}

TEST(half_is_left_out_where_the_host_does_not_know_it) {
    Scene scene;
    scene.host.properties.values[kOfxImageEffectPropSupportedPixelDepths] = {
        std::string(kOfxBitDepthFloat)};
    fake::Effect again;
    CHECK(scene.plugin.run(kOfxActionDescribe, &again, nullptr, nullptr) == kOfxStatOK);
    CHECK(again.properties.strings(kOfxImageEffectPropSupportedPixelDepths) ==
          (Strings{kOfxBitDepthFloat, kOfxBitDepthShort, kOfxBitDepthByte}));
}

TEST(parameters_have_ranges_hints_and_animate) {
    Scene scene;
    const auto& params = scene.descriptor.params;
    const fake::Properties& strength = params.at("strength").properties;
    CHECK(params.at("strength").type == kOfxParamTypeDouble);
    for (const char* key : {kOfxParamPropMin, kOfxParamPropDisplayMin})
        CHECK(strength.at<double>(key) == 0);
    for (const char* key : {kOfxParamPropMax, kOfxParamPropDisplayMax})
        CHECK(strength.at<double>(key) == 2);
    CHECK(strength.at<double>(kOfxParamPropDefault) == 1);
    CHECK(strength.at<std::string>(kOfxParamPropHint) == "How much.");
    const fake::Properties& radius = params.at("radius").properties;
    CHECK(radius.at<int>(kOfxParamPropMax) == 8 && radius.at<int>(kOfxParamPropDisplayMax) == 8);
    CHECK(radius.at<int>(kOfxParamPropDefault) == 2);
    CHECK(params.at("view").properties.strings(kOfxParamPropChoiceOption) ==
          (Strings{"Result", "What changed"}));
    CHECK(params.at("view").properties.strings(kOfxParamPropChoiceEnum) ==
          (Strings{"Result", "Difference"}));
    for (const char* name : {"strength", "radius", "cut", "view"})
        CHECK(params.at(name).properties.at<int>(kOfxParamPropAnimates) == 1);
}

TEST(groups_come_before_their_parameters_and_the_page_lists_all) {
    Scene scene;
    CHECK(scene.descriptor.paramOrder ==
          (Strings{"Controls", "strength", "preset", "auto_settings", "note", "groupTime", "radius",
                   "cut", "view", "file", "analyse_clip", "analysis_state", "groupPresetfile",
                   "preset_file", "load_preset", "save_preset"}));
    const auto& params = scene.descriptor.params;
    CHECK(params.at("radius").properties.at<std::string>(kOfxParamPropParent) == "groupTime");
    CHECK(params.at("groupTime").type == kOfxParamTypeGroup);
    CHECK(params.at("Controls").properties.strings(kOfxParamPropPageChild) ==
          (Strings{"strength", "preset", "auto_settings", "note", "radius", "cut", "view", "file",
                   "analyse_clip", "preset_file", "load_preset", "save_preset"}));
    for (const char* group : {"groupTime", "groupPresetfile"})
        CHECK(params.at(group).properties.at<int>(kOfxParamPropGroupOpen) == 0);
}

TEST(an_analysis_file_brings_a_button_and_a_hidden_text) {
    Scene scene;
    const auto& params = scene.descriptor.params;
    const fake::Properties& file = params.at("file").properties;
    CHECK(params.at("file").type == kOfxParamTypeString);
    CHECK(file.at<std::string>(kOfxParamPropStringMode) == kOfxParamStringIsFilePath);
    CHECK(file.at<int>(kOfxParamPropStringFilePathExists) == 0);
    CHECK(file.at<int>(kOfxParamPropAnimates) == 0);
    CHECK(params.at("analyse_clip").type == kOfxParamTypePushButton);
    CHECK(params.at("analyse_clip").properties.at<std::string>(kOfxParamPropParent) == "groupTime");
    const fake::Properties& state = params.at("analysis_state").properties;
    CHECK(state.at<int>(kOfxParamPropSecret) == 1);
    CHECK(state.at<int>(kOfxParamPropEvaluateOnChange) == 1);
}

TEST(a_host_that_stores_labels_is_given_those_of_old_projects) {
    Scene scene;
    scene.host.properties.values[kOfxPropName] = {std::string("MLT")};
    fake::Effect again;
    scene.plugin.run(kOfxImageEffectActionDescribeInContext, &again, nullptr, nullptr);
    CHECK(again.params.at("view").properties.strings(kOfxParamPropChoiceOption) ==
          (Strings{"Result", "Difference"}));
}

TEST(help_is_a_page_where_the_host_reads_markdown_and_icons_are_named) {
    Scene scene;
    const fake::Properties& effect = scene.descriptor.properties;
    CHECK(effect.at<std::string>(kOfxPropPluginDescription) == "Tests.");
    CHECK(effect.strings(kOfxPropIcon) ==
          (Strings{"org.evenlight.test.svg", "org.evenlight.test.png"}));
    scene.host.properties.values["NatronOfxPropDescriptionIsMarkdown"] = {1};
    fake::Effect again;
    scene.plugin.run(kOfxActionDescribe, &again, nullptr, nullptr);
    CHECK(again.properties.at<std::string>(kOfxPropPluginDescription) == "**Help**");
    CHECK(again.properties.at<int>("NatronOfxPropDescriptionIsMarkdown") == 1);
}

TEST(presets_and_what_goes_with_them_change_no_picture) {
    Scene scene;
    const auto& params = scene.descriptor.params;
    CHECK(params.at("preset").properties.strings(kOfxParamPropChoiceOption) ==
          (Strings{"Custom", "Defaults", "Gentle"}));
    CHECK(params.at("preset").properties.at<int>(kOfxParamPropDefault) == 0);
    for (const char* name : {"preset", "note", "preset_file"}) {
        CHECK(params.at(name).properties.at<int>(kOfxParamPropEvaluateOnChange) == 0);
        CHECK(params.at(name).properties.at<int>(kOfxParamPropAnimates) == 0);
    }
}

TEST(colour_management_is_named_only_where_the_host_has_it) {
    Scene scene;
    const char* style = kOfxImageEffectPropColourManagementStyle;
    CHECK(scene.descriptor.properties.values.count(style) == 0);
    for (const bool has : {false, true}) {
        scene.host.properties.values[style] = {std::string(
            has ? kOfxImageEffectColourManagementCore : kOfxImageEffectColourManagementNone)};
        fake::Effect again;
        scene.plugin.run(kOfxActionDescribe, &again, nullptr, nullptr);
        CHECK((again.properties.values.count(style) == 1) == has);
    }
}

TEST(describing_starts_no_python) {
    Scene scene;
    fake::Properties in;
    fake::Properties out;
    in.values[kOfxPropTime] = {5.0};
    for (const char* action :
         {kOfxImageEffectActionGetFramesNeeded, kOfxImageEffectActionGetRegionOfDefinition,
          kOfxImageEffectActionGetRegionsOfInterest, kOfxImageEffectActionIsIdentity,
          kOfxImageEffectActionGetClipPreferences, kOfxActionInstanceChanged})
        scene.act(action, &in, &out);
    CHECK(scene.python.started == 0);
}
