// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char** environ;  // NOLINT(readability-redundant-declaration): not everywhere declared
#endif

namespace evenlight {
namespace {

// Hosts set these for their own Python, libraries and colours; a Python of ours breaks on them.
constexpr std::array<std::string_view, 3> kScrubbedPrefixes{"PYTHON", "LD_", "DYLD_"};
constexpr std::array<std::string_view, 3> kScrubbedNames{"OCIO=", "QT_API=", "FONTCONFIG_PATH="};

bool isScrubbed(std::string_view variable) {
    const auto begins = [&](std::string_view start) {
        return variable.substr(0, start.size()) == start;
    };
    return std::any_of(kScrubbedPrefixes.begin(), kScrubbedPrefixes.end(), begins) ||
           std::any_of(kScrubbedNames.begin(), kScrubbedNames.end(), begins);
}

std::vector<char*> scrubbedEnvironment() {
    std::vector<char*> kept;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (!isScrubbed(*variable)) kept.push_back(*variable);
    kept.push_back(nullptr);
    return kept;
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
                                  scrubbedEnvironment().data());
    if (error != 0) throw std::system_error(error, std::generic_category(), arguments[0]);
    return pid;
}

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

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, Descriptor handedOver) {
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

std::string ChildProcess::stop(std::chrono::milliseconds grace) {
    if (pid_ < 0) return "ended";
    const pid_t pid = std::exchange(pid_, -1);
    constexpr std::chrono::milliseconds kStep(5);
    int status = 0;
    for (; reap(pid, status, WNOHANG) == 0; grace -= kStep) {
        if (grace <= std::chrono::milliseconds(0)) {
            kill(pid, SIGKILL);
            reap(pid, status, 0);
            return "stopped answering";
        }
        std::this_thread::sleep_for(kStep);
    }
    return endingOf(status);
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
