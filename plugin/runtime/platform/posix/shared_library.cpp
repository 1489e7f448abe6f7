// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/shared_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace evenlight {
namespace {

[[noreturn]] void fail() {
    const char* words = dlerror();
    throw std::runtime_error(words == nullptr ? "unknown loader error" : words);
}

}  // namespace

void* openLibrary(const std::filesystem::path& file, Symbols symbols) {
    const int scope = symbols == Symbols::Global ? RTLD_GLOBAL : RTLD_LOCAL;
    void* library = dlopen(file.c_str(), RTLD_NOW | scope);
    if (library == nullptr) fail();
    return library;
}

void* symbolOf(void* library, const char* name) {
    void* symbol = dlsym(library, name);
    if (symbol == nullptr) fail();
    return symbol;
}

std::filesystem::path ownFile() {
    static const char here = 0;
    Dl_info info{};
    if (dladdr(&here, &info) == 0 || info.dli_fname == nullptr) return {};
    std::error_code ignored;
    return std::filesystem::absolute(info.dli_fname, ignored);
}

void pinOwnFile() {
    dlopen(ownFile().c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace evenlight
