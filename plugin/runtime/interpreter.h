// SPDX-License-Identifier: Apache-2.0
// Which Python the package lives in, and what must be known of it before it runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace evenlight {

struct Interpreter {
    std::filesystem::path executable;
    std::filesystem::path library;   // libpython; empty where this Python has none to open
    std::filesystem::path embedded;  // evenlight._embedded, compiled; empty where it is missing
    std::string version;             // "3.11"
    std::vector<std::string> path;   // its sys.path
    bool isBundled = false;          // came inside of the plug-in's bundle, libraries and all
};

/// The Python that EVENLIGHT_PYTHON names, else the one that python.txt of the bundle names: within
/// the bundle, or written there when it was installed. It is asked once what it is. The package is
/// not imported. Throws ofx::Error with a sentence that says what to do.
[[nodiscard]] Interpreter findInterpreter();

}  // namespace evenlight
