// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#ifdef _WIN32
#include <memory>
#endif

#include "runtime/platform/descriptor.h"

namespace evenlight {

/// One end of a private, connected pair: no port, and no name that could still be opened. Throws
/// std::system_error, with the code of a broken pipe where the other end is closed; no signal is
/// raised. On Windows the end to hand over is a pipe whose reads and writes wait.
class LocalSocket {
public:
    explicit LocalSocket(Descriptor descriptor);
    /// Our end, and the one to hand over.
    [[nodiscard]] static std::pair<LocalSocket, Descriptor> pair();

    /// Waits until the program at the other end has told who it is, as it must on Windows alone:
    /// there descriptors are handed to a process, and what was started may be a launcher of it.
    void meet();
    /// Takes from a line that has met it who holds the other end.
    void setPeer(const LocalSocket& met);

    /// Sends what there is room for now, from the first byte on; 0 where there is none. The
    /// descriptors given travel with it: with the first byte on POSIX. On Windows what they are to
    /// the peer follows the data, 8 bytes for each, and all is sent or nothing.
    [[nodiscard]] std::size_t send(const void* data, std::size_t size,
                                   const DescriptorNumber* descriptors = nullptr,
                                   std::size_t count = 0);
    /// Takes what is there, at most `size` bytes; 0 where nothing is.
    [[nodiscard]] std::size_t receive(void* data, std::size_t size);
    /// Whether there are bytes or room, or the other end closed, before `wait` was over.
    [[nodiscard]] bool waitForBytes(std::chrono::milliseconds wait);
    [[nodiscard]] bool waitForRoom(std::chrono::milliseconds wait);

private:
#ifdef _WIN32
    class Pipe;
    struct ClosePipe {
        void operator()(Pipe* pipe) const noexcept;
    };
    std::unique_ptr<Pipe, ClosePipe> pipe_;
    Descriptor peer_;
#else
    [[nodiscard]] bool wait(short event, std::chrono::milliseconds time);

    Descriptor descriptor_;
#endif
};

}  // namespace evenlight
