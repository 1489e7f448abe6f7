// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/child_process.h"

#include <array>
#include <thread>

#include "runtime/platform/win32/start_program.h"

namespace evenlight {
namespace {

/// The host's standard error; nothing where it has none, as without a console.
Descriptor hostsErrors() {
    HANDLE errors = GetStdHandle(STD_ERROR_HANDLE);
    if (errors == nullptr || errors == INVALID_HANDLE_VALUE) return inheritableNothing();
    try {
        return inheritable(errors);
    } catch (const std::system_error&) {
        return inheritableNothing();
    }
}

/// Processes that are ended when its handle is closed, as when this process ends.
Descriptor jobThatEnds() {
    Descriptor job = owned(CreateJobObjectW(nullptr, nullptr));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (SetInformationJobObject(handleOf(job), JobObjectExtendedLimitInformation, &limits,
                                sizeof limits) == 0)
        throw lastError();
    return job;
}

/// A pipe of this kind cannot be waited for with a limit: it is looked at again and again.
std::string readUntilEnd(HANDLE pipe, std::chrono::milliseconds limit) {
    constexpr std::chrono::milliseconds kStep(5);
    const auto end = std::chrono::steady_clock::now() + limit;
    std::string output;
    std::array<char, 4096> buffer{};
    for (;;) {
        DWORD there = 0;
        if (PeekNamedPipe(pipe, nullptr, 0, nullptr, &there, nullptr) == 0) return output;
        if (there == 0) {
            if (std::chrono::steady_clock::now() >= end)
                throw std::system_error(std::make_error_code(std::errc::timed_out));
            std::this_thread::sleep_for(kStep);
            continue;
        }
        DWORD size = 0;
        if (ReadFile(pipe, buffer.data(), DWORD{buffer.size()}, &size, nullptr) == 0) return output;
        output.append(buffer.data(), size);
    }
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ != -1) CloseHandle(handleOf(*this));
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, Descriptor handedOver)
    : job_(jobThatEnds()) {
    const Streams streams{inheritableNothing(), hostsErrors(), hostsErrors(),
                          inheritable(handleOf(handedOver))};
    std::vector<std::string> words = arguments;
    words.push_back(std::to_string(streams.more.number()));
    Started started = startProgram(words, streams, CREATE_SUSPENDED);
    process_ = std::move(started.process);
    // Where it cannot be put there it still ends when it finds its end of the socket closed.
    AssignProcessToJobObject(handleOf(job_), handleOf(process_));
    ResumeThread(handleOf(started.thread));
}

ChildProcess::~ChildProcess() {
    stop(std::chrono::milliseconds(0));
}

/// Notes how it ended, if it has.
bool ChildProcess::endsWithin(std::chrono::milliseconds time) {
    if (!ending_.empty()) return true;
    HANDLE process = handleOf(process_);
    if (WaitForSingleObject(process, static_cast<DWORD>(time.count())) != WAIT_OBJECT_0)
        return false;
    DWORD code = 0;
    GetExitCodeProcess(process, &code);
    ending_ = "ended with exit code " + std::to_string(code);
    return true;
}

bool ChildProcess::hasEnded() {
    return endsWithin(std::chrono::milliseconds(0));
}

std::string ChildProcess::stop(std::chrono::milliseconds grace) {
    constexpr DWORD kToDie = 1000;  // ms; a process that waits for a disk does not
    if (endsWithin(grace)) return ending_;
    TerminateJobObject(handleOf(job_), 1);  // and what a launcher has started
    TerminateProcess(handleOf(process_), 1);
    WaitForSingleObject(handleOf(process_), kToDie);
    ending_ = "stopped answering";
    return ending_;
}

std::string outputOf(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
    HANDLE ends[2]{};
    if (CreatePipe(&ends[0], &ends[1], nullptr, 0) == 0) throw lastError();
    const Descriptor reading = owned(ends[0]);
    const auto start = [&arguments](const Descriptor& writing) {
        return startProgram(arguments, {inheritableNothing(), inheritable(handleOf(writing)),
                                        inheritableNothing(), Descriptor()});
    };
    const Started started = start(owned(ends[1]));
    try {
        return readUntilEnd(handleOf(reading), limit);
    } catch (...) {
        TerminateProcess(handleOf(started.process), 1);
        throw;
    }
}

}  // namespace evenlight
