// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/loaded_python.h"

#include <windows.h>

#include <string_view>

namespace evenlight {
namespace {

constexpr int kOldest = 6;  // minor versions that hosts are known to hold, and those to come
constexpr int kNewest = 30;

/// "3.11" of "3.11.7 (main, …".
std::string minorVersion(std::string_view version) {
    const std::size_t dot = version.find('.');
    return std::string(version.substr(0, version.find_first_not_of("0123456789", dot + 1)));
}

}  // namespace

std::optional<LoadedPython> loadedPython() {
    for (int minor = kOldest; minor <= kNewest; ++minor) {
        const std::string name = "python3" + std::to_string(minor) + ".dll";
        HMODULE module = GetModuleHandleA(name.c_str());
        if (module == nullptr) continue;
        const auto version = GetProcAddress(module, "Py_GetVersion");
        if (version == nullptr) return LoadedPython{name, ""};
        using Version = const char* (*)();
        const auto ask = reinterpret_cast<Version>(reinterpret_cast<void*>(version));
        return LoadedPython{name, minorVersion(ask())};
    }
    return std::nullopt;
}

}  // namespace evenlight
