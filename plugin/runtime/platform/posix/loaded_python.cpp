// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/loaded_python.h"

#include <dlfcn.h>

#include <cstdint>
#include <string_view>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <link.h>
#endif

namespace evenlight {
namespace {

bool isLibpython(std::string_view file) {
    const std::string_view name = file.substr(file.rfind('/') + 1);
    return name.substr(0, 9) == "libpython" ||
           file.find("/Python.framework/") != std::string_view::npos;
}

/// The file of a libpython among the loaded libraries: opened with local symbols, it is not to be
/// found by asking for a symbol.
std::string libpythonInProcess() {
    std::string found;
#ifdef __APPLE__
    for (std::uint32_t i = 0; i < _dyld_image_count(); ++i)
        if (isLibpython(_dyld_get_image_name(i))) found = _dyld_get_image_name(i);
#else
    const auto look = [](dl_phdr_info* info, std::size_t /*size*/, void* context) -> int {
        if (info->dlpi_name == nullptr || !isLibpython(info->dlpi_name)) return 0;
        *static_cast<std::string*>(context) = info->dlpi_name;
        return 1;
    };
    dl_iterate_phdr(look, &found);
#endif
    return found;
}

/// "3.11" of "3.11.7 (main, …".
std::string minorVersion(std::string_view version) {
    const std::size_t dot = version.find('.');
    return std::string(version.substr(0, version.find_first_not_of("0123456789", dot + 1)));
}

}  // namespace

std::optional<LoadedPython> loadedPython() {
    const std::string library = libpythonInProcess();
    void* scope = library.empty() ? RTLD_DEFAULT : dlopen(library.c_str(), RTLD_NOW | RTLD_NOLOAD);
    void* version = dlsym(scope, "Py_GetVersion");
    if (library.empty() && version == nullptr) return std::nullopt;
    LoadedPython python{library, ""};
    if (version != nullptr)
        python.version = minorVersion(reinterpret_cast<const char* (*)()>(version)());
    return python;
}

}  // namespace evenlight
