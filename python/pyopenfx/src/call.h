// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "effect.h"
#include "host.h"

namespace pyopenfx {

/// One action under way. Suite functions find theirs by the thread; threads that the MultiThread
/// suite spawns belong to the call that asked for them.
class Call {
public:
    Call(std::shared_ptr<Host> host, std::shared_ptr<Effect> effect, std::string action,
         double time);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] static Call* current();

    /// Lets another thread work for a call.
    class Join {
    public:
        explicit Join(Call* call);
        ~Join();
        Join(const Join&) = delete;
        Join& operator=(const Join&) = delete;

    private:
        Call* outer_;
    };

    [[nodiscard]] const std::shared_ptr<Host>& host() const { return host_; }
    [[nodiscard]] const std::shared_ptr<Effect>& effect() const { return effect_; }
    [[nodiscard]] const std::string& action() const { return action_; }

    /// The time that the action is about, or that the effect stands at.
    [[nodiscard]] double time() const { return time_; }

    void fetched(void* image);
    void released(const void* image);

private:
    std::shared_ptr<Host> host_;
    std::shared_ptr<Effect> effect_;
    std::string action_;
    double time_;
    Call* outer_;
    std::mutex mutex_;
    std::vector<void*> images_;
};

}  // namespace pyopenfx
