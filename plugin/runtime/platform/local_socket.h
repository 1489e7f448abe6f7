// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include "runtime/platform/descriptor.h"

namespace evenlight {

/// One end of a private, connected pair: no name, no port. Throws std::system_error, with the code
/// of a broken pipe where the other end is closed; no signal is raised.
class LocalSocket {
public:
    explicit LocalSocket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    /// Our end, and the one to hand over.
    [[nodiscard]] static std::pair<LocalSocket, Descriptor> pair();

    /// Sends what there is room for now, from the first byte on; 0 where there is none. The
    /// descriptors given travel with it.
    [[nodiscard]] std::size_t send(const void* data, std::size_t size,
                                   const int* descriptors = nullptr, std::size_t count = 0);
    /// Takes what is there, at most `size` bytes; 0 where nothing is.
    [[nodiscard]] std::size_t receive(void* data, std::size_t size);
    /// Whether there are bytes or room, or the other end closed, before `wait` was over.
    [[nodiscard]] bool waitForBytes(std::chrono::milliseconds wait);
    [[nodiscard]] bool waitForRoom(std::chrono::milliseconds wait);

private:
    [[nodiscard]] bool wait(short event, std::chrono::milliseconds time);

    Descriptor descriptor_;
};

}  // namespace evenlight
