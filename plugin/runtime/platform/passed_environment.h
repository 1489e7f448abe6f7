// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace evenlight {

/// Whether a Python of ours may be told this variable of the host's, `NAME=value`; on Windows,
/// where names are alike in either case, with the name in capitals.
[[nodiscard]] bool isPassed(std::string_view variable);

}  // namespace evenlight
