// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/shared_library.h"

#include <windows.h>

#include <array>

#include "runtime/platform/win32/wide_text.h"

namespace evenlight {
namespace {

constexpr DWORD kLongestPath = 32'768;

/// The module that holds this code.
HMODULE ownModule(DWORD more) {
    static const char here = 0;
    HMODULE module = nullptr;
    const DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | more;
    GetModuleHandleExW(flags, reinterpret_cast<const wchar_t*>(&here), &module);
    return module;
}

}  // namespace

/// Symbols are never global on Windows: each library names those that it takes them from.
void* openLibrary(const std::filesystem::path& file, Symbols /*symbols*/) {
    HMODULE library = LoadLibraryExW(file.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (library == nullptr) throw std::runtime_error(lastError(file.string()).what());
    return library;
}

void* symbolOf(void* library, const char* name) {
    const auto symbol = GetProcAddress(static_cast<HMODULE>(library), name);
    if (symbol == nullptr) throw std::runtime_error(lastError(name).what());
    return reinterpret_cast<void*>(symbol);
}

std::filesystem::path ownFile() {
    std::wstring name(kLongestPath, L'\0');
    const HMODULE module = ownModule(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT);
    name.resize(GetModuleFileNameW(module, name.data(), kLongestPath));
    return name;
}

void pinOwnFile() {
    static_cast<void>(ownModule(GET_MODULE_HANDLE_EX_FLAG_PIN));
}

}  // namespace evenlight
