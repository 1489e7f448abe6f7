// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace evenlight {

/// One line to standard error where EVENLIGHT_LOG is set: the consoles of hosts are full enough.
void logLine(const std::string& text) noexcept;

}  // namespace evenlight
