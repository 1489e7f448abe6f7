// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "runtime/embedded/table.h"

namespace evenlight::embedded {

/// The pixels as a NumPy view (H, W, C), top row first; nothing is copied.
[[nodiscard]] pybind11::array viewOf(const Pixels& pixels, bool writable);

/// The host's frames, for as long as `process` runs: `evenlight.engine.FrameServer`.
class TableFrames {
public:
    explicit TableFrames(const Host& host) : host_(&host) {}

    [[nodiscard]] pybind11::object fetch(std::int32_t clip, double time) const;
    [[nodiscard]] bool aborted() const;
    void close() { host_ = nullptr; }

private:
    template <class Call>
    void callHost(const Call& call) const;

    const Host* host_;
};

}  // namespace evenlight::embedded
