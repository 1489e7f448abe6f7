// SPDX-License-Identifier: Apache-2.0
// A pipe has a name for the moment in which both of its ends are opened, here. It has one instance,
// so that the name opens nothing then; whoever guessed it before would have us fail, and read none.
#include "runtime/platform/local_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "runtime/platform/win32/handle.h"

namespace evenlight {
namespace {

constexpr DWORD kRoom = 1U << 16U;            // bytes that may be on their way, in each direction
constexpr std::chrono::seconds kToStart(60);  // from a cold disk in the network that takes long

[[noreturn]] void fail(DWORD code) {
    if (code == ERROR_BROKEN_PIPE || code == ERROR_NO_DATA || code == ERROR_PIPE_NOT_CONNECTED)
        throw std::system_error(EPIPE, std::generic_category());
    throw std::system_error(static_cast<int>(code), std::system_category());
}

std::wstring newName() {
    std::random_device random;
    std::wstring name = LR"(\\.\pipe\evenlight)";
    for (int i = 0; i < 4; ++i) name += L'.' + std::to_wstring(random());
    return name;
}

/// A read or a write that the system may still be at: its bytes stay where they are until then.
struct Transfer {
    std::array<char, kRoom> bytes{};
    DWORD moved = 0;  // bytes
    DWORD error = 0;
    Descriptor done = owned(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    OVERLAPPED state{};
    bool isUnderWay = false;

    Transfer() { state.hEvent = handleOf(done); }

    void begun(BOOL isDone) {
        const DWORD code = isDone != 0 ? ERROR_SUCCESS : GetLastError();
        isUnderWay = code == ERROR_SUCCESS || code == ERROR_IO_PENDING;
        error = isUnderWay ? ERROR_SUCCESS : code;
        moved = 0;
    }
    /// Whether nothing is under way any more, in at most so many milliseconds.
    bool endsWithin(HANDLE pipe, DWORD wait) {
        if (!isUnderWay) return true;
        if (WaitForSingleObject(state.hEvent, wait) != WAIT_OBJECT_0) return false;
        isUnderWay = false;
        if (GetOverlappedResult(pipe, &state, &moved, FALSE) == 0) error = GetLastError();
        return true;
    }
};

DWORD milliseconds(std::chrono::milliseconds wait) {
    return static_cast<DWORD>(wait.count());
}

}  // namespace

/// Our end, and what is under way there.
class LocalSocket::Pipe {
public:
    explicit Pipe(Descriptor end) : end_(std::move(end)) {}
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        CancelIoEx(handleOf(end_), nullptr);
        reading_.endsWithin(handleOf(end_), INFINITE);
        writing_.endsWithin(handleOf(end_), INFINITE);
    }

    bool hasRoom(DWORD wait) { return writing_.endsWithin(handleOf(end_), wait); }

    /// Sends so many of the bytes, of which there is room for kRoom; to be called when there is.
    char* room() { return writing_.bytes.data(); }
    void write(std::size_t size) {
        if (writing_.error == 0)
            writing_.begun(WriteFile(handleOf(end_), writing_.bytes.data(),
                                     static_cast<DWORD>(size), nullptr, &writing_.state));
        if (writing_.error != 0) fail(writing_.error);
    }

    bool hasBytes(DWORD wait) {
        if (taken_ < reading_.moved) return true;
        if (!reading_.isUnderWay) {
            taken_ = 0;
            reading_.begun(
                ReadFile(handleOf(end_), reading_.bytes.data(), kRoom, nullptr, &reading_.state));
        }
        return reading_.endsWithin(handleOf(end_), wait);
    }

    std::size_t read(void* data, std::size_t size) {
        if (!hasBytes(0)) return 0;
        if (reading_.error != 0) fail(reading_.error);
        const std::size_t count = std::min<std::size_t>(size, reading_.moved - taken_);
        std::memcpy(data, reading_.bytes.data() + taken_, count);
        taken_ += count;
        return count;
    }

private:
    Descriptor end_;
    Transfer reading_;
    std::size_t taken_ = 0;  // of the bytes that were read
    Transfer writing_;
};

void LocalSocket::ClosePipe::operator()(Pipe* pipe) const noexcept {
    delete pipe;
}

LocalSocket::LocalSocket(Descriptor descriptor)
    : pipe_(descriptor.number() == -1 ? nullptr : new Pipe(std::move(descriptor))) {}

std::pair<LocalSocket, Descriptor> LocalSocket::pair() {
    const std::wstring name = newName();
    constexpr DWORD kKind =
        PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE | FILE_FLAG_OVERLAPPED;
    constexpr DWORD kMode = PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_REJECT_REMOTE_CLIENTS;
    Descriptor ours =
        owned(CreateNamedPipeW(name.c_str(), kKind, kMode, 1, kRoom, kRoom, 0, nullptr));
    Descriptor theirs =
        owned(CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                          SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, nullptr));
    OVERLAPPED ignored{};
    if (ConnectNamedPipe(handleOf(ours), &ignored) != 0 || GetLastError() != ERROR_PIPE_CONNECTED)
        throw lastError();
    return {LocalSocket(std::move(ours)), std::move(theirs)};
}

void LocalSocket::meet() {
    std::array<char, sizeof(std::uint64_t)> told{};
    for (std::size_t got = 0; got < told.size();) {
        if (!waitForBytes(kToStart)) throw std::system_error(ETIMEDOUT, std::generic_category());
        got += receive(told.data() + got, told.size() - got);
    }
    std::uint64_t number = 0;
    std::memcpy(&number, told.data(), sizeof number);
    peer_ = owned(OpenProcess(PROCESS_DUP_HANDLE, FALSE, static_cast<DWORD>(number)));
}

void LocalSocket::setPeer(const LocalSocket& met) {
    if (met.peer_.number() != -1)
        peer_ = owned(duplicate(handleOf(met.peer_), GetCurrentProcess()));
}

std::size_t LocalSocket::send(const void* data, std::size_t size,
                              const DescriptorNumber* descriptors, std::size_t count) {
    const bool isMet = count == 0 || peer_.number() != -1;
    if (!pipe_ || !isMet) fail(ERROR_PIPE_NOT_CONNECTED);
    if (!pipe_->hasRoom(0)) return 0;
    constexpr std::size_t kEach = sizeof(DescriptorNumber);
    const std::size_t taken = std::min<std::size_t>(size, kRoom - count * kEach);
    char* next = pipe_->room();
    std::memcpy(next, data, taken);
    next += taken;
    for (std::size_t i = 0; i < count; ++i, next += kEach) {
        HANDLE theirs = duplicate(reinterpret_cast<HANDLE>(descriptors[i]), handleOf(peer_));
        std::memcpy(next, &theirs, kEach);
    }
    pipe_->write(taken + count * kEach);
    return taken;
}

std::size_t LocalSocket::receive(void* data, std::size_t size) {
    if (!pipe_) fail(ERROR_PIPE_NOT_CONNECTED);
    return pipe_->read(data, size);
}

bool LocalSocket::waitForBytes(std::chrono::milliseconds wait) {
    return !pipe_ || pipe_->hasBytes(milliseconds(wait));
}

bool LocalSocket::waitForRoom(std::chrono::milliseconds wait) {
    return !pipe_ || pipe_->hasRoom(milliseconds(wait));
}

}  // namespace evenlight
