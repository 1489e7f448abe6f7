// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace evenlight {

/// One line to the log where EVENLIGHT_LOG asks for it: the consoles of hosts are full enough.
void logLine(const std::string& text) noexcept;

}  // namespace evenlight
