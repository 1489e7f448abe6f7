// SPDX-License-Identifier: Apache-2.0
// Windows takes names in UTF-16; ours are UTF-8.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>
#include <system_error>

namespace evenlight {

[[nodiscard]] inline std::wstring wide(std::string_view text) {
    const int length = static_cast<int>(text.size());
    const int size = MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0);
    std::wstring converted(static_cast<std::size_t>(size), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, text.data(), length, converted.data(), size);
    return converted;
}

[[nodiscard]] inline std::system_error lastError(const std::string& what = {}) {
    return {static_cast<int>(GetLastError()), std::system_category(), what};
}

}  // namespace evenlight
