// SPDX-License-Identifier: Apache-2.0
// The shape of the table in effects.inc, which `python -m evenlight.schema` writes. Everything is a
// literal: OpenFX wants descriptor strings to outlive the plug-in, and describing needs no Python.
#pragma once

#include <cstddef>

namespace evenlight::schema {

/// An Analysis is the name of a file that the effect writes too, a File that of one it only reads.
enum class ParamKind { Double, Integer, Boolean, Choice, Analysis, File };

/// Whether a parameter is the name of a file.
constexpr bool isName(ParamKind kind) {
    return kind == ParamKind::Analysis || kind == ParamKind::File;
}

struct ChoiceOption {
    const char* name;    // handed to Python
    const char* label;   // shown
    const char* stored;  // by which hosts that go by texts know it in projects
};

/// A parameter has an effect only while, of the needs with each number, one does not have `off`.
struct Need {
    std::size_t number;
    std::size_t param;  // index into params
    double off;         // a number, the index of an option; a file is off where none is named
};

struct Param {
    ParamKind kind;
    const char* name;
    const char* label;
    const char* hint;
    const char* group;  // label of the section, or nullptr
    double low;         // numbers only
    double high;
    double initial;               // numbers; 0 or 1 for a Boolean; the index for a Choice
    const ChoiceOption* options;  // Choice only
    std::size_t optionCount;
    bool perFrame;  // Python gets the values over the whole window
    const Need* needs;
    std::size_t needCount;
    bool isKept;  // a preset leaves the value as it is
};

struct Preset {
    const char* name;
    const char* about;
    const double* values;  // one for each parameter, as `initial`
};

/// A parameter value with which, all of them together, the output is the source.
struct IdentityTerm {
    std::size_t param;  // index into params
    double value;       // number, 0 or 1, or the index of the option
};

/// Stands for the index of a parameter that an effect does not have.
inline constexpr std::size_t kNoParam = static_cast<std::size_t>(-1);

struct Effect {
    const char* identifier;
    const char* label;
    const char* description;
    const char* help;  // a page in Markdown
    unsigned versionMajor;
    unsigned versionMinor;
    const Param* params;
    std::size_t paramCount;
    std::size_t windowBefore;  // index of the Integer parameter that says how many frames
    std::size_t windowAfter;
    std::size_t windowTimes;  // index of the one by which both are multiplied, or kNoParam
    const IdentityTerm* identity;
    std::size_t identityCount;
    const Preset* presets;
    std::size_t presetCount;
    std::size_t maskParam;      // index of the parameter that says whether the Mask clip is used
    double maskValue;           // and its value where it is
    const std::size_t* region;  // indices of left, bottom, right, top; null where it has none
};

}  // namespace evenlight::schema
