// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace evenlight {

/// A Python that is in the process already, started or not, whether its symbols are global or not.
struct LoadedPython {
    std::string library;  // its file; empty where it is part of the program itself
    std::string version;  // "3.11"; empty where it does not say
};

[[nodiscard]] std::optional<LoadedPython> loadedPython();

}  // namespace evenlight
