// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "runtime/platform/process_mutex.h"

namespace evenlight {
namespace {

constexpr std::uintmax_t kLargest = 1U << 20U;

std::string_view setting(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? "" : text;
}

/// As python/evenlight/log.py has it, which may write to the same file.
void writeTo(const std::filesystem::path& folder, const std::string& text) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const auto file = folder / ("evenlight-" + std::to_string(processId()) + ".log");
    const auto status = std::filesystem::status(file, error);
    const bool isThere = std::filesystem::exists(status);
    if (isThere && !std::filesystem::is_regular_file(status)) return;
    if (isThere && std::filesystem::file_size(file, error) > kLargest)
        std::filesystem::rename(file, file.string() + ".1", error);
    const std::time_t now = std::time(nullptr);
    char when[32] = "";
    std::strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", std::localtime(&now));
    std::ofstream(file, std::ios::app) << when << " INFO plug-in: " << text << '\n';
}

}  // namespace

void logLine(const std::string& text) noexcept {
    try {
        const std::string_view level = setting("EVENLIGHT_LOG");
        if (level.empty() || level == "error" || level == "warning") return;
        const std::string_view folder = setting("EVENLIGHT_LOG_FOLDER");
        if (!folder.empty()) return writeTo(folder, text);
        static_cast<void>(std::fprintf(stderr, "Evenlight: %s\n", text.c_str()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): a log must not be what fails
    }
}

}  // namespace evenlight
