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

    /// Sends all bytes; the descriptors given travel with the first.
    void send(const void* data, std::size_t size, const int* descriptors = nullptr,
              std::size_t count = 0);
    /// Whether bytes, or the other end's closing, arrived before `wait` was over.
    [[nodiscard]] bool waitForBytes(std::chrono::milliseconds wait);
    void receive(void* data, std::size_t size);

private:
    Descriptor descriptor_;
};

}  // namespace evenlight
