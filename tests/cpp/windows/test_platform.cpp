// SPDX-License-Identifier: Apache-2.0
// What the worker needs of Windows, with a child that does as the worker's Python does.
#include <windows.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>

#include "check.h"
#include "runtime/platform/child_process.h"
#include "runtime/platform/local_socket.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/shared_library.h"
#include "runtime/platform/shared_memory.h"

using namespace evenlight;  // NOLINT: a program of one file
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLong(20'000);
constexpr milliseconds kShort(50);

std::string child() {
    return (ownFile().parent_path() / "child.exe").string();
}

/// A child, and the line to it.
struct Line {
    LocalSocket socket{Descriptor()};
    std::unique_ptr<ChildProcess> process;

    explicit Line(const std::vector<std::string>& words) {
        auto [ours, theirs] = LocalSocket::pair();
        socket = std::move(ours);
        std::vector<std::string> arguments{child()};
        arguments.insert(arguments.end(), words.begin(), words.end());
        process = std::make_unique<ChildProcess>(arguments, std::move(theirs));
        socket.meet();
    }
};

std::string receive(LocalSocket& socket, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size && socket.waitForBytes(kLong))
        got += socket.receive(bytes.data() + got, size - got);
    bytes.resize(got);
    return bytes;
}

template <class T>
T receive(LocalSocket& socket) {
    T value{};
    const std::string bytes = receive(socket, sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
}

std::size_t handOver(LocalSocket& socket, const Descriptor& descriptor) {
    const DescriptorNumber number = descriptor.number();
    return socket.send("", 1, &number, 1);
}

bool saysBroken(const std::function<void()>& body) {
    try {
        body();
    } catch (const std::system_error& error) {
        return error.code() == std::error_code(EPIPE, std::generic_category());
    }
    return false;
}

/// Sends a megabyte and looks whether it comes back turned round.
bool isEchoed(LocalSocket& socket) {
    std::string sent(1U << 20U, '\0');
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31 + i / 257);
    std::string back(sent.size(), '\0');
    std::size_t out = 0;
    for (std::size_t in = 0; in < back.size();) {
        out += socket.send(sent.data() + out, sent.size() - out);
        if (!socket.waitForBytes(kLong)) return false;
        in += socket.receive(back.data() + in, back.size() - in);
    }
    for (char& byte : back) byte = static_cast<char>(~byte);
    return out == sent.size() && back == sent;
}

}  // namespace

TEST(bytes_cross_both_ways) {
    Line line({"echo"});
    CHECK(isEchoed(line.socket));
    CHECK(!line.socket.waitForBytes(kShort));
    char one = 0;
    CHECK(line.socket.receive(&one, 1) == 0);
    CHECK(!line.process->hasEnded());
}

TEST(a_child_ends_when_its_line_is_closed) {
    Line line({"echo"});
    CHECK(isEchoed(line.socket));
    line.socket = LocalSocket(Descriptor());
    CHECK(line.process->stop(kLong) == "ended with exit code 0");
}

TEST(a_line_is_handed_over) {
    Line line({"echo on another"});
    auto [ours, theirs] = LocalSocket::pair();
    CHECK(handOver(line.socket, theirs) == 1);
    theirs = Descriptor();
    CHECK(isEchoed(ours));
}

TEST(what_is_handed_over_passes_a_launcher_by) {
    Line line({"launch", "count"});
    SharedMemory memory(4096);
    CHECK(handOver(line.socket, memory.descriptor()) == 1);
    CHECK(receive<std::uint64_t>(line.socket) == memory.size());
    CHECK(memory.data()[4095] == std::byte{1});
    CHECK(line.process->stop(kShort) == "stopped answering");
    char one = 0;
    CHECK(line.socket.waitForBytes(kLong));
    CHECK(saysBroken([&] { static_cast<void>(line.socket.receive(&one, 1)); }));
}

TEST(memory_is_shared) {
    Line line({"count"});
    SharedMemory memory(100'000);
    std::memset(memory.data(), 7, memory.size());
    CHECK(handOver(line.socket, memory.descriptor()) == 1);
    memory.closeDescriptor();
    const auto size = receive<std::uint64_t>(line.socket);
    CHECK(size >= memory.size() && size < memory.size() + 4096);  // whole pages
    for (std::size_t i = 0; i < memory.size(); i += 999) CHECK(memory.data()[i] == std::byte{8});
    CHECK(memory.data()[memory.size() - 1] == std::byte{8});
}

TEST(a_childs_end_is_a_broken_pipe) {
    Line line({"end"});
    CHECK(line.socket.waitForBytes(kLong));
    char one = 0;
    CHECK(saysBroken([&] { static_cast<void>(line.socket.receive(&one, 1)); }));
    CHECK(saysBroken([&] { static_cast<void>(line.socket.send(&one, 1)); }));
    CHECK(line.process->stop(kLong) == "ended with exit code 7");
    CHECK(line.process->hasEnded());
}

TEST(a_child_that_hangs_is_stopped) {
    Line line({"hang"});
    const std::string bytes(10'000, 'x');
    std::size_t sent = 0;
    for (std::size_t more = 1; more > 0; sent += more)
        more = line.socket.send(bytes.data(), bytes.size());
    CHECK(sent >= bytes.size());
    CHECK(!line.socket.waitForRoom(kShort));
    CHECK(!line.socket.waitForBytes(kShort));
    CHECK(line.process->stop(kShort) == "stopped answering");
    CHECK(line.process->hasEnded());
    CHECK(line.socket.waitForRoom(kLong));
    CHECK(saysBroken([&] { static_cast<void>(line.socket.send("", 1)); }));
}

TEST(a_child_ends_with_its_host) {
    Line line({"host"});
    const auto number = receive<std::uint64_t>(line.socket);
    HANDLE grandchild = OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(number));
    CHECK(grandchild != nullptr);
    CHECK(WaitForSingleObject(grandchild, 50) == WAIT_TIMEOUT);
    CHECK(line.process->stop(milliseconds(0)) == "stopped answering");
    CHECK(WaitForSingleObject(grandchild, 5000) == WAIT_OBJECT_0);
    CloseHandle(grandchild);
}

TEST(a_child_inherits_nothing_else) {
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    HANDLE ends[2]{};
    CHECK(CreatePipe(&ends[0], &ends[1], &inherited, 0) != 0);
    Line line({"echo"});
    CHECK(isEchoed(line.socket));  // it has started
    CloseHandle(ends[1]);
    char one = 0;
    DWORD size = 0;
    CHECK(PeekNamedPipe(ends[0], &one, 1, &size, nullptr, nullptr) == 0);
    CHECK(GetLastError() == ERROR_BROKEN_PIPE);
    CloseHandle(ends[0]);
}

TEST(a_child_is_told_what_it_may_know) {
    SetEnvironmentVariableW(L"Evenlight_Test", L"1");
    SetEnvironmentVariableW(L"PYTHONHOME", L"elsewhere");
    SetEnvironmentVariableW(L"A_SECRET", L"of the farm's");
    Line line({"environment", "EVENLIGHT_TEST", "SystemRoot", "Path", "PYTHONHOME", "A_SECRET"});
    CHECK(receive(line.socket, 5) == "11100");
}

TEST(a_program_that_is_not_there_cannot_be_started) {
    bool isTold = false;
    try {
        auto [ours, theirs] = LocalSocket::pair();
        const ChildProcess process({R"(C:\nowhere\python.exe)"}, std::move(theirs));
    } catch (const std::system_error& error) {
        isTold = error.code().value() == ERROR_PATH_NOT_FOUND ||
                 error.code().value() == ERROR_FILE_NOT_FOUND;
    }
    CHECK(isTold);
}

TEST(a_programs_output_is_read) {
    CHECK(outputOf({child(), "say"}, kLong) == "some words");
}

TEST(more_memory_than_there_is_is_refused) {
    std::string told;
    try {
        const SharedMemory all(static_cast<std::size_t>(availableMemory()));
    } catch (const LackOfMemory& error) {
        told = error.what();
    }
    CHECK(told.find("there is not enough memory left to hand a picture of ") == 0);
}
