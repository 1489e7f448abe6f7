// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace evenlight {

/// How a library's symbols are seen by those opened after it.
enum class Symbols { Local, Global };

/// Opens a library for the life of the process. Throws std::runtime_error with the loader's words.
void* openLibrary(const std::filesystem::path& file, Symbols symbols);

/// The address of an exported symbol. Throws std::runtime_error where there is none.
void* symbolOf(void* library, const char* name);

/// The file that holds this code: the plug-in's binary.
[[nodiscard]] std::filesystem::path ownFile();

/// Keeps the plug-in's binary in the process though the host closes it: its runtime outlives that.
void pinOwnFile();

}  // namespace evenlight
