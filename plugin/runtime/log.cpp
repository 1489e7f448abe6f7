// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.h"

#include <cstdio>
#include <cstdlib>

namespace evenlight {

void logLine(const std::string& text) noexcept {
    const char* wanted = std::getenv("EVENLIGHT_LOG");
    if (wanted != nullptr && *wanted != '\0')
        static_cast<void>(std::fprintf(stderr, "Evenlight: %s\n", text.c_str()));
}

}  // namespace evenlight
