// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/platform/passed_environment.h"
#include "runtime/platform/process_mutex.h"

#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char** environ;  // NOLINT(readability-redundant-declaration): not everywhere declared
#endif

namespace evenlight {
namespace {

std::vector<char*> passedEnvironment() {
    std::vector<char*> passed;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (isPassed(*variable)) passed.push_back(*variable);
    passed.push_back(nullptr);
    return passed;
}

/// What posix_spawn is told beyond the program; both halves are freed together.
struct SpawnPlan {
    posix_spawn_file_actions_t files{};
    posix_spawnattr_t attributes{};

    SpawnPlan() {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&attributes, &all);  // a host may ignore or block signals
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setpgroup(&attributes, 0);  // Ctrl-C at the host's terminal is the host's
        posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
};

pid_t spawn(const std::vector<std::string>& arguments, const SpawnPlan& plan) {
    std::vector<char*> words;
    words.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: argv is not written to
    words.push_back(nullptr);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, words[0], &plan.files, &plan.attributes, words.data(),
                                  passedEnvironment().data());
    if (error != 0) throw std::system_error(error, std::generic_category(), arguments[0]);
    return pid;
}

constexpr std::chrono::milliseconds kNoTime(0);

std::string endingOf(int status) {
    if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
    return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

/// Waits for this child and no other: the host's children are none of our business.
pid_t reap(pid_t pid, int& status, int options) {
    pid_t reaped = -1;
    do reaped = waitpid(pid, &status, options);
    while (reaped == -1 && errno == EINTR);
    return reaped;
}

std::string readUntilEnd(int pipe, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    std::string output;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd waiting{pipe, POLLIN, 0};
        const int ready = left.count() <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready == 0) throw std::system_error(ETIMEDOUT, std::generic_category());
        const ssize_t size = ready < 0 ? -1 : read(pipe, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return output;
        output.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, Descriptor handedOver)
    : owner_(processId()) {
    // dup2 onto itself would keep close-on-exec, so the child's end is moved out of the way first.
    const Descriptor source(fcntl(handedOver.number(), F_DUPFD_CLOEXEC, 10));
    if (source.number() < 0) throw std::system_error(errno, std::generic_category());
    SpawnPlan plan;
    if (fcntl(STDERR_FILENO, F_GETFD) < 0)  // a host without a console
        posix_spawn_file_actions_addopen(&plan.files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&plan.files, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&plan.files, source.number(), 3);
    pid_ = spawn(arguments, plan);
}

ChildProcess::~ChildProcess() {
    stop(std::chrono::milliseconds(0));
}

/// Notes how it ended, if it has. A host may have been told before us.
bool ChildProcess::reap() {
    int status = 0;
    if (ending_.empty() && evenlight::reap(pid_, status, WNOHANG) != 0) ending_ = endingOf(status);
    return !ending_.empty();
}

bool ChildProcess::hasEnded() {
    return owner_ != processId() || pid_ < 0 || reap();
}

std::string ChildProcess::stop(std::chrono::milliseconds grace) {
    if (owner_ != processId() || pid_ < 0) return "belongs to another process";
    constexpr std::chrono::milliseconds kStep(5);
    constexpr std::chrono::milliseconds kToDie(1000);  // a process that waits for a disk does not
    for (auto left = grace; !reap() && left > kNoTime; left -= kStep)
        std::this_thread::sleep_for(kStep);
    if (!ending_.empty()) return ending_;
    kill(pid_, SIGKILL);
    for (auto left = kToDie; !reap() && left > kNoTime; left -= kStep)
        std::this_thread::sleep_for(kStep);
    ending_ = "stopped answering";
    return ending_;
}

std::string outputOf(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category());
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
    SpawnPlan plan;
    posix_spawn_file_actions_adddup2(&plan.files, writing.number(), STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&plan.files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const pid_t pid = spawn(arguments, plan);
    writing = Descriptor();
    int status = 0;
    try {
        std::string output = readUntilEnd(reading.number(), limit);
        reap(pid, status, 0);
        return output;
    } catch (...) {
        kill(pid, SIGKILL);
        reap(pid, status, 0);
        throw;
    }
}

}  // namespace evenlight
