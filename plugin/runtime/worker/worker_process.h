// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/platform/child_process.h"
#include "runtime/platform/process_mutex.h"
#include "runtime/worker/channel.h"

namespace evenlight::worker {

/// The Python process, and the channels to it: as many as threads have rendered at once.
class WorkerProcess {
public:
    /// Throws std::system_error where the program cannot be started.
    WorkerProcess(const std::filesystem::path& python, std::chrono::milliseconds patience);

    /// A channel that nobody else uses. Throws Lost.
    [[nodiscard]] std::unique_ptr<Channel> takeChannel();
    void giveBack(std::unique_ptr<Channel> channel);

    /// Ends the process. Returns how it ended, as the end of a sentence.
    [[nodiscard]] std::string stop(bool silent);
    [[nodiscard]] bool hasEnded();
    /// In a forked child: closes the line on which the worker notices that its host has ended.
    void leaveToParent() noexcept;

private:
    SharedMemory beats_;
    Heart heart_;
    ProcessMutex mutex_;  // guards what follows
    LocalSocket control_;
    std::unique_ptr<ChildProcess> child_;
    std::vector<std::unique_ptr<Channel>> idle_;
};

}  // namespace evenlight::worker
