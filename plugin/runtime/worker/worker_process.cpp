// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/worker_process.h"

#include <array>
#include <mutex>
#include <system_error>

#include "runtime/log.h"

namespace evenlight::worker {
namespace {

constexpr std::size_t kBeatsSize = 4096;
constexpr std::chrono::seconds kTimeToEnd(1);  // from the closing of its sockets

}  // namespace

WorkerProcess::WorkerProcess(const std::filesystem::path& python,
                             std::chrono::milliseconds patience)
    : beats_(kBeatsSize),
      heart_{reinterpret_cast<const volatile std::uint64_t*>(beats_.data()), patience},
      control_(Descriptor()) {
    auto [ours, theirs] = LocalSocket::pair();
    control_ = std::move(ours);
    child_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{python.string(), "-I", "-m", "evenlight.worker"},
        std::move(theirs));
    const char hello = '\0';
    const DescriptorNumber descriptor = beats_.descriptor().number();
    try {
        control_.meet();
        static_cast<void>(control_.send(&hello, 1, &descriptor, 1));  // there is room for the first
    } catch (const std::system_error& error) {
        logLine(std::string("the worker ended at once: ") +
                error.what());  // the next call asks how
    }
}

std::unique_ptr<Channel> WorkerProcess::takeChannel() {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
        std::unique_ptr<Channel> channel = std::move(idle_.back());
        idle_.pop_back();
        return channel;
    }
    auto [ours, theirs] = LocalSocket::pair();
    ours.setPeer(control_);
    const char hello = '\0';
    const DescriptorNumber descriptor = theirs.number();
    try {
        if (control_.send(&hello, 1, &descriptor, 1) == 0)
            throw Lost("it takes no connection", Lost::How::Silent);
    } catch (const std::system_error&) {
        throw Lost("it closed the connection", Lost::How::Gone);
    }
    return std::make_unique<Channel>(std::move(ours), heart_);
}

void WorkerProcess::giveBack(std::unique_ptr<Channel> channel) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(channel));
}

std::string WorkerProcess::stop(bool silent) {
    const std::scoped_lock lock(mutex_);
    return child_->stop(silent ? std::chrono::seconds(0) : kTimeToEnd);
}

bool WorkerProcess::hasEnded() {
    const std::scoped_lock lock(mutex_);
    return child_->hasEnded();
}

void WorkerProcess::leaveToParent() noexcept {
    control_ = LocalSocket(Descriptor());
    idle_.clear();
}

}  // namespace evenlight::worker
