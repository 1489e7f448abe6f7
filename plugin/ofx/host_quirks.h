// SPDX-License-Identifier: Apache-2.0
// What hosts do and do not tell. Nothing else in the plug-in looks at a host's name.
#pragma once

#include "ofx/property_set.h"

namespace evenlight::ofx {

struct HostQuirks {
    /// Float images are scene-linear though no property says so.
    bool worksSceneLinear = false;
    /// Projects hold the label of a choice's option, and nothing else of it.
    bool storesChoiceLabels = false;
};

[[nodiscard]] HostQuirks quirksOf(const PropertySet& host);

/// Whether neighbours of the current frame may be asked for. Silence means no: MLT, which says
/// no, answers any time with the current frame.
[[nodiscard]] bool hasTemporalAccess(const PropertySet& host);

/// Whether the host has the colour management of 1.5: Nuke 17 crashes on its names otherwise.
[[nodiscard]] bool hasColourManagement(const PropertySet& host);

}  // namespace evenlight::ofx
