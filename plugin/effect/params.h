// SPDX-License-Identifier: Apache-2.0
// The table's parameters, defined in a descriptor and read from an instance.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "effect/define.h"
#include "ofx/param_set.h"
#include "runtime/runtime.h"
#include "schema/effect_table.h"

namespace evenlight {

/// What goes with a File: the button that writes it, and a hidden text that changes with what is in
/// it, since hosts keep pictures by parameters.
constexpr const char* kAnalyseButton = "analyse_clip";
constexpr const char* kAnalysisState = "analysis_state";

/// In the table's order; `areLabelsStored` where the host keeps choices by what it shows.
void defineParams(PanelWriter& panel, const schema::Effect& effect, std::size_t first,
                  std::size_t count, bool areLabelsStored);

/// Frames on each side of the one that is rendered.
struct Window {
    int before = 0;
    int after = 0;
};

/// An instance's parameters at one time.
class ParamReader {
public:
    ParamReader(const ofx::ParamSet& params, const schema::Effect& effect, OfxTime time)
        : params_(params), effect_(&effect), time_(time) {}

    [[nodiscard]] Window window() const;
    /// The analysis file; empty where none is named.
    [[nodiscard]] std::string analysis() const;
    /// Whether the output is the source, by the table's terms.
    [[nodiscard]] bool isIdentity() const;
    /// Everything that Python wants to know of them.
    [[nodiscard]] std::vector<std::pair<std::string, ParamValue>> values(Window window) const;

private:
    [[nodiscard]] double number(const schema::Param& param, OfxTime time) const;
    [[nodiscard]] ParamValue value(const schema::Param& param) const;
    [[nodiscard]] ParamValue samples(const schema::Param& param, Window window) const;
    [[nodiscard]] int frames(std::size_t param) const;

    ofx::ParamSet params_;
    const schema::Effect* effect_;
    OfxTime time_;
};

}  // namespace evenlight
