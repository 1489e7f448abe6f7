// SPDX-License-Identifier: Apache-2.0
// What the panel has beyond the table's parameters, none of which a render looks at: it sets
// parameters, and says what has an effect.
#pragma once

#include "effect/call.h"
#include "effect/define.h"

namespace evenlight {

constexpr const char* kPresetChoice = "preset";
constexpr const char* kAutoButton = "auto_settings";
constexpr const char* kNote = "note";
constexpr const char* kPresetFile = "preset_file";
constexpr const char* kLoadButton = "load_preset";
constexpr const char* kSaveButton = "save_preset";

/// Presets, Auto, and the note in which buttons say what they did.
void definePresets(PanelWriter& panel, const schema::Effect& effect);
/// A preset in a file: its name, and what is done with it.
void definePresetFile(PanelWriter& panel);

/// Sets a parameter that is no name of a file, where it is not so already.
void setValue(const ofx::ParamSet& params, const schema::Param& param, double value, OfxTime time);
/// Sets the parameters of the preset that is chosen, in one step of undo.
void applyPreset(const Call& call);
/// Shows that the parameters are no preset's any more.
void showCustom(const Call& call);
/// Uses the Mask clip where one has just been connected, unless it is used already.
void useConnectedMask(const Call& call);
/// Enables the parameters that have an effect, and no others. Nothing is thrown: what a host does
/// not let through stays as it is.
void refreshEnabled(const Call& call) noexcept;
/// Writes into the note, as far as the host has one.
void note(const Call& call, const std::string& text);

}  // namespace evenlight
