// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runtime/platform/descriptor.h"

namespace evenlight {

/// A program of ours, started with what it needs of the host's environment and nothing else. It has
/// no standard input, writes to the host's standard error, and no signal of a terminal or
/// handler of the host's reaches it. Throws std::system_error where it cannot be started.
class ChildProcess {
public:
    /// `arguments[0]` is a full path; the child finds `handedOver` as descriptor 3, and on Windows
    /// by the number that is its last argument. There the child ends with this process, too.
    ChildProcess(const std::vector<std::string>& arguments, Descriptor handedOver);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();  // ends it, but not in a forked child: it is its parent's

    [[nodiscard]] bool hasEnded();

    /// Ends it if it still runs after `grace`. Returns how it ended, as the end of a sentence.
    std::string stop(std::chrono::milliseconds grace);

private:
#ifdef _WIN32
    [[nodiscard]] bool endsWithin(std::chrono::milliseconds time);

    Descriptor job_;  // what is in it ends when this is closed
    Descriptor process_;
#else
    [[nodiscard]] bool reap();

    int pid_ = -1;
    int owner_;
#endif
    std::string ending_;  // empty while it runs
};

/// What a program writes to its standard output. Throws std::system_error where it cannot be
/// started, or is not done in time. A failing program gives what it wrote until then.
[[nodiscard]] std::string outputOf(const std::vector<std::string>& arguments,
                                   std::chrono::milliseconds limit);

}  // namespace evenlight
