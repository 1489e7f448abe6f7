// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace evenlight::embedded {

/// Starts Python as `executable` would, signals and environment left alone, and gives the GIL up;
/// or, where one runs, adds to its sys.path what it lacks of `path`. Throws std::exception.
void startInterpreter(const char* executable, const std::vector<std::string>& path);

}  // namespace evenlight::embedded
