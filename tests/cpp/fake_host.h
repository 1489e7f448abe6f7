// SPDX-License-Identifier: Apache-2.0
// Enough of a host to run every action: its handles are pointers to the structs below.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "ofx/pixel_view.h"
#include "ofx/suites.h"

namespace fake {

using Value = std::variant<int, double, std::string, void*>;

struct Properties {
    std::map<std::string, std::vector<Value>> values;
    std::set<std::string> unknown;            // setting these answers kOfxStatErrUnknown
    std::optional<OfxStatus> setStatus = {};  // for every set
    std::set<std::string> asked = {};

    [[nodiscard]] OfxPropertySetHandle handle() {
        return reinterpret_cast<OfxPropertySetHandle>(this);
    }
    template <class T>
    [[nodiscard]] T at(const std::string& name, std::size_t index = 0) const {
        return std::get<T>(values.at(name).at(index));
    }
    [[nodiscard]] std::vector<std::string> strings(const std::string& name) const;
};

struct ImageOptions {
    OfxRectI bounds{0, 0, 4, 3};
    int channels = 4;
    evenlight::ofx::Depth depth = evenlight::ofx::Depth::Float;
    int padding = 0;           // bytes after each row
    bool isDownwards = false;  // negative row bytes
};

/// Memory beside the pixels is filled with a pattern that must stay.
class Image : public Properties {
public:
    explicit Image(const ImageOptions& options);
    [[nodiscard]] evenlight::ofx::PixelView pixels() const { return pixels_; }
    [[nodiscard]] float& at(int x, int y, int channel = 0) const;
    void fill(float value) const;
    [[nodiscard]] bool isPaddingUntouched() const;

    int held = 0;

private:
    std::vector<std::byte> memory_;
    evenlight::ofx::PixelView pixels_;
};

struct Clip : Properties {
    std::function<Image*(double)> imageAt = [](double) { return nullptr; };
    std::optional<OfxRectD> region = {};
    std::vector<double> fetched = {};
};

struct Param {
    std::string type;
    Properties properties;
    std::function<double(double)> at;
    std::string text = {};  // of a String
    std::map<double, double> keys = {};
};

/// A descriptor or an instance.
struct Effect {
    Properties properties;
    std::map<std::string, Clip> clips;
    std::map<std::string, Param> params;
    std::vector<std::string> paramOrder;
    int abortAnswer = 0;
    std::vector<std::string> messages;
    std::string persistent;
    std::string persistentKind;
    std::vector<double> progress;
    std::optional<std::size_t> cancelAfter;  // updates of the progress bar
    int progressBars = 0;                    // open now
    std::vector<std::string> edits;          // names of steps of undo
    int openEdits = 0;
    OfxStatus answer = kOfxStatReplyNo;  // to a question

    [[nodiscard]] OfxImageEffectHandle handle() {
        return reinterpret_cast<OfxImageEffectHandle>(this);
    }
};

/// `withheld` names suites, with their version, that fetchSuite does not have: "OfxMessageSuite2".
struct Host {
    Host();
    [[nodiscard]] OfxHost* handle() { return &host; }
    [[nodiscard]] evenlight::ofx::Suites suites();

    Properties properties;
    std::set<std::string> withheld;
    OfxHost host;
};

}  // namespace fake
