// SPDX-License-Identifier: Apache-2.0
// What the worker's Python does on Windows, in little: `child WHAT [NAMES] NUMBER`, where the
// number is of the pipe that it was handed.
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <windows.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/platform/child_process.h"
#include "runtime/platform/local_socket.h"
#include "runtime/platform/shared_library.h"

namespace {

constexpr int kClosed = 0;  // exit codes
constexpr int kAsked = 7;
constexpr int kUnknown = 9;

/// The pipe as a file of the C library, as Python takes it.
class Pipe {
public:
    explicit Pipe(HANDLE handle)
        : file_(_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_BINARY)) {}

    /// Ends this process where the pipe is closed.
    [[nodiscard]] std::string take(std::size_t most) const {
        std::string bytes(most, '\0');
        const int size = _read(file_, bytes.data(), static_cast<unsigned>(most));
        if (size <= 0) std::exit(size == 0 ? kClosed : kUnknown);
        bytes.resize(static_cast<std::size_t>(size));
        return bytes;
    }
    void give(const void* data, std::size_t size) const {
        if (_write(file_, data, static_cast<unsigned>(size)) < 0) std::exit(kUnknown);
    }

private:
    int file_;
};

/// A byte, and the handle that follows it.
HANDLE takeHandle(const Pipe& pipe) {
    std::string bytes;
    while (bytes.size() < 1 + sizeof(HANDLE)) bytes += pipe.take(1 + sizeof(HANDLE) - bytes.size());
    HANDLE handle = nullptr;
    bytes.copy(reinterpret_cast<char*>(&handle), sizeof handle, 1);
    return handle;
}

[[noreturn]] void echo(const Pipe& pipe) {
    for (;;) {
        std::string bytes = pipe.take(4096);
        for (char& byte : bytes) byte = static_cast<char>(~byte);
        pipe.give(bytes.data(), bytes.size());
    }
}

/// Adds one to each byte of the memory, as far as it goes.
void count(const Pipe& pipe) {
    void* view = MapViewOfFile(takeHandle(pipe), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0);
    MEMORY_BASIC_INFORMATION told{};
    VirtualQuery(view, &told, sizeof told);
    auto* bytes = static_cast<unsigned char*>(view);
    for (std::size_t i = 0; i < told.RegionSize; ++i) ++bytes[i];
    const auto size = static_cast<std::uint64_t>(told.RegionSize);
    pipe.give(&size, sizeof size);
}

/// "1" or "0" for each name that is set in the environment.
void tellEnvironment(const Pipe& pipe, const std::vector<std::string>& names) {
    std::string known;
    for (const std::string& name : names) known += std::getenv(name.c_str()) == nullptr ? '0' : '1';
    pipe.give(known.data(), known.size());
}

/// Starts a child that hangs, and passes on who it says it is.
[[noreturn]] void host(const Pipe& pipe) {
    auto [ours, theirs] = evenlight::LocalSocket::pair();
    const evenlight::ChildProcess child({evenlight::ownFile().string(), "hang"}, std::move(theirs));
    std::uint64_t number = 0;
    static_cast<void>(ours.waitForBytes(std::chrono::seconds(20)));
    static_cast<void>(ours.receive(&number, sizeof number));
    pipe.give(&number, sizeof number);
    for (;;) Sleep(INFINITE);
}

}  // namespace

int main(int length, char** words) {
    const std::vector<std::string> arguments(words + 1, words + length);
    const std::string what = arguments.empty() ? "" : arguments.front();
    if (what == "say") return std::fputs("some words", stdout), kClosed;
    if (arguments.size() < 2) return kUnknown;
    if (what == "launch")  // as the python.exe of an environment does
        return static_cast<int>(_spawnv(_P_WAIT, words[0], words + 1));
    const Pipe pipe(reinterpret_cast<HANDLE>(std::strtoll(arguments.back().c_str(), nullptr, 10)));
    const std::uint64_t self = GetCurrentProcessId();
    pipe.give(&self, sizeof self);
    if (what == "echo") echo(pipe);
    if (what == "echo on another") echo(Pipe(takeHandle(pipe)));
    if (what == "count") count(pipe);
    if (what == "end") return kAsked;
    if (what == "environment") tellEnvironment(pipe, {arguments.begin() + 1, arguments.end() - 1});
    if (what == "host") host(pipe);
    for (;;) Sleep(INFINITE);
}
