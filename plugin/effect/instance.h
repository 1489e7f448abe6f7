// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "effect/call.h"
#include "effect/image_names.h"
#include "runtime/platform/process_mutex.h"
#include "runtime/runtime.h"

namespace evenlight {

/// The effect on the Python side, shared by all instances of it in the process, so that what it
/// has measured serves them all; closed with the last of them. A forked child has others.
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
    [[nodiscard]] std::string runErrand(Errand errand, const std::string& file,
                                        const RenderRequest& request, FrameServer& frames) const;
    [[nodiscard]] SavedAnalysis saveAnalysis(const std::string& file,
                                             const std::vector<RecordBytes>& records) const;

    /// Whether a parent process opened it, whose it stays.
    [[nodiscard]] bool isInherited() const { return owner_ != processId(); }

    /// What is known of the names that the host gives images.
    [[nodiscard]] ImageNames& names() const { return names_; }

private:
    Runtime& runtime_;
    EffectId id_;
    int owner_ = processId();
    mutable ImageNames names_;
};

/// What the plug-in keeps for an instance. Nothing in it changes a pixel: hosts make instances for
/// a single frame, and render an instance that CreateInstance has refused.
class Instance {
public:
    explicit Instance(const ofx::Suites& suites) : suites_(suites) {}

    static void create(const Call& call);
    /// Hosts were seen to destroy an instance that they render: that render is told to end, and
    /// waited for, since the host's images go with the instance.
    static void destroy(const Call& call);
    /// Null where there is none. Whoever works with it holds it meanwhile.
    [[nodiscard]] static std::shared_ptr<Instance> of(const Call& call);

    /// Whether the host is destroying it, so that nobody wants what is rendered.
    [[nodiscard]] bool isEnding() const { return isEnding_; }

    /// Those of the host that made it, though another may have loaded the plug-in since.
    [[nodiscard]] const ofx::Suites& suites() const { return suites_; }

    /// Python is started by the first call.
    [[nodiscard]] std::shared_ptr<OpenEffect> open(const schema::Effect& effect);

    /// Shows `text` unless it is shown already; an empty one takes the last one away.
    void say(const Call& call, const char* kind, const std::string& text);

private:
    ofx::Suites suites_;
    std::atomic<bool> isEnding_{false};
    ProcessMutex opening_;  // hosts may ask which frames are needed while one is rendered
    std::shared_ptr<OpenEffect> effect_;
    int owner_ = processId();
    ProcessMutex saying_;  // guards what follows
    std::string said_;
};

}  // namespace evenlight
