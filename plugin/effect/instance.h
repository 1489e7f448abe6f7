// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "effect/call.h"
#include "effect/image_names.h"
#include "runtime/runtime.h"

namespace evenlight {

/// The effect on the Python side, shared by all instances of it in the process, so that what it
/// has measured serves them all; closed with the last of them.
class OpenEffect {
public:
    /// Throws ofx::Error where no Python can be started.
    [[nodiscard]] static std::shared_ptr<OpenEffect> share(const schema::Effect& effect);

    explicit OpenEffect(const schema::Effect& effect);
    ~OpenEffect();
    OpenEffect(const OpenEffect&) = delete;
    OpenEffect& operator=(const OpenEffect&) = delete;

    /// As the functions of Runtime.
    [[nodiscard]] std::string process(const RenderRequest& request, FrameServer& frames,
                                      const ofx::PixelView& out) const;
    [[nodiscard]] FramesNeeded framesNeeded(const RenderRequest& request) const;
    [[nodiscard]] RecordBytes analyse(const RenderRequest& request, FrameServer& frames) const;
    [[nodiscard]] SavedAnalysis saveAnalysis(const std::string& file,
                                             const std::vector<RecordBytes>& records) const;

    /// What is known of the names that the host gives images.
    [[nodiscard]] ImageNames& names() const { return names_; }

private:
    Runtime& runtime_;
    EffectId id_;
    mutable ImageNames names_;
};

/// What the plug-in keeps for an instance. Nothing in it changes a pixel: hosts make instances for
/// a single frame, and render an instance that CreateInstance has refused.
class Instance {
public:
    explicit Instance(const ofx::Suites& suites) : suites_(suites) {}

    static void create(const Call& call);
    static void destroy(const Call& call);
    [[nodiscard]] static Instance* of(const Call& call);  // null where there is none

    /// Those of the host that made it, though another may have loaded the plug-in since.
    [[nodiscard]] const ofx::Suites& suites() const { return suites_; }

    /// Python is started by the first call.
    [[nodiscard]] const OpenEffect& open(const schema::Effect& effect);

    /// Shows `text` unless it is shown already; an empty one takes the last one away.
    void say(const Call& call, const char* kind, const std::string& text);

private:
    ofx::Suites suites_;
    std::mutex opening_;  // hosts may ask which frames are needed while one is rendered
    std::shared_ptr<OpenEffect> effect_;
    std::string said_;
};

}  // namespace evenlight
