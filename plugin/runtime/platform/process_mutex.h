// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#ifdef _WIN32
#include <process.h>
#else
#include <unistd.h>
#endif

namespace evenlight {

/// A number that no other living process has.
[[nodiscard]] inline int processId() noexcept {
#ifdef _WIN32
    return _getpid();
#else
    return static_cast<int>(getpid());
#endif
}

/// A mutex that a forked child finds free though a thread of its parent's held it: that thread is
/// not there to leave it.
class ProcessMutex {
public:
    void lock() noexcept {
        for (int look = 0; !try_lock(); ++look)
            if (look < kBusyLooks)
                std::this_thread::yield();
            else
                std::this_thread::sleep_for(kPause);
    }
    bool try_lock() noexcept {
        const int self = processId();
        int holder = holder_.load(std::memory_order_relaxed);
        return holder != self && holder_.compare_exchange_strong(holder, self);
    }
    void unlock() noexcept { holder_.store(0); }

private:
    static constexpr int kBusyLooks = 64;
    static constexpr std::chrono::microseconds kPause{200};
    std::atomic<int> holder_{0};  // a process, or 0
};

}  // namespace evenlight
