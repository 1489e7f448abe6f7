// SPDX-License-Identifier: Apache-2.0
#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace evenlight::native {

namespace {

constexpr std::size_t kMostThreads = 4;  // enough to fill the memory's bandwidth

std::atomic<std::size_t> threads{
    std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostThreads)};

}  // namespace

std::size_t threadCount() noexcept {
    return threads;
}

void setThreadCount(std::size_t count) noexcept {
    threads = std::max<std::size_t>(count, 1);
}

void forRanges(std::ptrdiff_t count,
               const std::function<void(std::ptrdiff_t, std::ptrdiff_t)>& body) {
    const auto parts = static_cast<std::ptrdiff_t>(std::min<std::size_t>(
        threadCount(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(count, 1))));
    std::mutex mutex;
    std::exception_ptr failure;
    const auto run = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
        try {
            body(first, last);
        } catch (...) {
            const std::scoped_lock lock(mutex);
            failure = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(parts));
    std::ptrdiff_t first = 0;
    for (std::ptrdiff_t part = 0; part + 1 < parts; ++part) {
        const std::ptrdiff_t last = count * (part + 1) / parts;
        try {
            others.emplace_back([&run, first, last] { run(first, last); });
        } catch (const std::system_error&) {
            break;  // the system gives no more threads: the caller's own does the rest
        }
        first = last;
    }
    run(first, count);
    for (std::thread& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace evenlight::native
