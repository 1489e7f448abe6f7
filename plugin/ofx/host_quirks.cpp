// SPDX-License-Identifier: Apache-2.0
#include "ofx/host_quirks.h"

#include "ofxColour.h"

namespace evenlight::ofx {

HostQuirks quirksOf(const PropertySet& host) {
    const std::string name = host.get(kOfxPropName, "");
    HostQuirks quirks;
    quirks.worksSceneLinear = name == "fr.inria.Natron" || name == "uk.co.thefoundry.nuke";
    quirks.storesChoiceLabels = name == "MLT";
    return quirks;
}

bool hasTemporalAccess(const PropertySet& host) {
    return host.get(kOfxImageEffectPropTemporalClipAccess, 0) != 0;
}

bool hasColourManagement(const PropertySet& host) {
    const std::string style = host.get(kOfxImageEffectPropColourManagementStyle, "");
    return !style.empty() && style != kOfxImageEffectColourManagementNone;
}

}  // namespace evenlight::ofx
