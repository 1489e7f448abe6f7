// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace evenlight::worker {

/// How often a waiting thread looks up.
constexpr std::chrono::milliseconds kGlance(50);

/// What the worker counts up while it lives, and how long it may fail to.
struct Heart {
    const volatile std::uint64_t* beats;  // and after it, whether its libraries are loaded
    std::chrono::milliseconds patience;

    [[nodiscard]] bool isReady() const { return beats[1] != 0; }
};

/// How long a thread goes on waiting for one answer. Time is counted in glances, not by the clock:
/// a host that was stopped, or a laptop that slept, must not take that for the worker's.
class Patience {
public:
    Patience(const Heart& heart, std::chrono::milliseconds limit)
        : heart_(heart), limit_(limit), beats_(*heart.beats) {}

    /// Notes a glance that found nothing. Throws Lost.
    void glance();

private:
    const Heart& heart_;
    std::chrono::milliseconds limit_;
    std::uint64_t beats_;
    std::chrono::milliseconds waited_{0};
    std::chrono::milliseconds silence_{0};
};

}  // namespace evenlight::worker
