// SPDX-License-Identifier: Apache-2.0
#include "effect/describe.h"

#include <string>

#include "effect/define.h"
#include "effect/panel.h"
#include "effect/params.h"
#include "ofx/host_quirks.h"
#include "ofx/property_set.h"
#include "ofx/status.h"
#include "ofxColour.h"

namespace evenlight {
namespace {

constexpr const char* kIsMarkdown = "NatronOfxPropDescriptionIsMarkdown";
constexpr const char* kGrouping = "Evenlight";
constexpr const char* kColourConfig = "ofx-native-v1.5_aces-v1.3_ocio-v2.3";

ofx::PropertySet defineClip(const ofx::Suites& suites, OfxImageEffectHandle effect,
                            const char* name) {
    OfxPropertySetHandle clip = nullptr;
    ofx::check(suites.effect->clipDefine(effect, name, &clip), "clipDefine");
    const ofx::PropertySet properties(suites, clip);
    properties.set(kOfxImageEffectPropSupportsTiles, 0);
    return properties;
}

void setComponents(const ofx::PropertySet& clip) {
    clip.setAll(kOfxImageEffectPropSupportedComponents,
                {kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentAlpha});
}

/// Half is newer than the others: hosts that do not know it may refuse it.
void setDepths(const ofx::PropertySet& effect, const ofx::PropertySet& host) {
    int index = 0;
    for (const char* depth :
         {kOfxBitDepthFloat, kOfxBitDepthHalf, kOfxBitDepthShort, kOfxBitDepthByte}) {
        const bool isHalf = depth == std::string(kOfxBitDepthHalf);
        if (isHalf && !host.lists(kOfxImageEffectPropSupportedPixelDepths, depth)) continue;
        effect.set(kOfxImageEffectPropSupportedPixelDepths, depth, index++);
    }
}

/// We take a clip in any colourspace and ask for none; the host then tells us which it is.
void setColourManagement(const ofx::PropertySet& effect, const ofx::PropertySet& host) {
    if (!ofx::hasColourManagement(host)) return;
    effect.set(kOfxImageEffectPropColourManagementStyle, kOfxImageEffectColourManagementFull);
    effect.set(kOfxImageEffectPropColourManagementAvailableConfigs, kColourConfig);
}

/// A page where the host takes Markdown, as Natron does for its "?", else a sentence.
void setHelp(const ofx::PropertySet& effect, const ofx::PropertySet& host,
             const schema::Effect& table) {
    const bool takesMarkdown = host.get(kIsMarkdown, 0) == 1;
    if (takesMarkdown) effect.set(kIsMarkdown, 1);
    effect.set(kOfxPropPluginDescription, takesMarkdown ? table.help : table.description);
}

/// Files in the bundle's resources: SVG, then PNG.
void setIcons(const ofx::PropertySet& effect, const std::string& name) {
    effect.offer(kOfxPropIcon, (name + ".svg").c_str(), 0);
    effect.offer(kOfxPropIcon, (name + ".png").c_str(), 1);
}

}  // namespace

void describe(const ofx::Suites& suites, const schema::Effect& table, OfxImageEffectHandle handle) {
    OfxPropertySetHandle properties = nullptr;
    ofx::check(suites.effect->getPropertySet(handle, &properties), "getPropertySet");
    const ofx::PropertySet effect(suites, properties);
    const ofx::PropertySet host(suites, suites.host);
    for (const char* key : {kOfxPropLabel, kOfxPropShortLabel, kOfxPropLongLabel})
        effect.set(key, table.label);
    effect.set(kOfxImageEffectPluginPropGrouping, kGrouping);
    setHelp(effect, host, table);
    setIcons(effect, table.identifier);
    effect.setAll(kOfxImageEffectPropSupportedContexts,
                  {kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral});
    setDepths(effect, host);
    effect.set(kOfxImageEffectPluginPropSingleInstance, 0);
    effect.set(kOfxImageEffectPluginPropHostFrameThreading, 0);
    effect.set(kOfxImageEffectPluginRenderThreadSafety, kOfxImageEffectRenderInstanceSafe);
    effect.set(kOfxImageEffectPluginPropFieldRenderTwiceAlways, 0);
    effect.set(kOfxImageEffectPropSupportsMultiResolution, 1);
    effect.set(kOfxImageEffectPropSupportsTiles, 0);
    effect.set(kOfxImageEffectPropTemporalClipAccess, 1);
    effect.set(kOfxImageEffectPropSupportsMultipleClipDepths, 0);
    effect.set(kOfxImageEffectPropSupportsMultipleClipPARs, 0);
    setColourManagement(effect, host);
}

void describeInContext(const ofx::Suites& suites, const schema::Effect& table,
                       OfxImageEffectHandle handle) {
    const ofx::PropertySet source = defineClip(suites, handle, kSourceClip);
    setComponents(source);
    source.set(kOfxImageEffectPropTemporalClipAccess, 1);
    source.set(kOfxImageClipPropFieldExtraction, kOfxImageFieldBoth);
    setComponents(defineClip(suites, handle, kOfxImageEffectOutputClipName));
    const ofx::PropertySet mask = defineClip(suites, handle, kMaskClip);
    mask.set(kOfxImageEffectPropSupportedComponents, kOfxImageComponentAlpha);
    mask.set(kOfxImageClipPropOptional, 1);
    mask.set(kOfxImageClipPropIsMask, 1);
    const bool areLabelsStored =
        ofx::quirksOf(ofx::PropertySet(suites, suites.host)).storesChoiceLabels;
    PanelWriter panel(ofx::ParamSet(suites, handle));
    defineParams(panel, table, 0, 1, areLabelsStored);  // the view
    definePresets(panel, table);
    defineParams(panel, table, 1, table.paramCount - 1, areLabelsStored);
    definePresetFile(panel);
}

}  // namespace evenlight
