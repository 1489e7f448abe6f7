// SPDX-License-Identifier: Apache-2.0
// Linux tells what is left in /proc and /sys; elsewhere nothing is known here.
#include "runtime/platform/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace evenlight {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

/// The number after a word in a file; the first number of the file where the word is empty.
std::optional<std::uint64_t> numberIn(const std::string& path, std::string_view word) {
    std::ifstream file(path);
    std::string read;
    std::uint64_t number = 0;
    while (!word.empty() && file >> read && read != word) {
    }
    return file >> number ? std::optional(number) : std::nullopt;
}

/// What a group of processes may still take; its file caches would be given up first.
std::uint64_t leftIn(const std::string& folder, const char* limit, const char* usage) {
    const auto most = numberIn(folder + limit, {});  // none where it says "max"
    const auto held = numberIn(folder + usage, {});
    if (!most || !held) return kUnknown;
    const std::uint64_t caches = numberIn(folder + "/memory.stat", "inactive_file").value_or(0);
    const std::uint64_t used = *held - std::min(caches, *held);
    return *most - std::min(used, *most);
}

std::uint64_t leftInGroups() {
    std::uint64_t left = kUnknown;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string kind = line.substr(first + 1, second - first - 1);
        const bool isOld = kind == "memory";  // version 1 of control groups
        if (!isOld && !kind.empty()) continue;
        const std::string root = isOld ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
        const char* limit = isOld ? "/memory.limit_in_bytes" : "/memory.max";
        const char* usage = isOld ? "/memory.usage_in_bytes" : "/memory.current";
        for (std::string path = line.substr(second + 1);; path.resize(path.rfind('/'))) {
            left = std::min(left, leftIn(root + (path == "/" ? "" : path), limit, usage));
            if (path.find('/') == std::string::npos) break;
        }
    }
    return left;
}

}  // namespace

std::uint64_t availableMemory() noexcept {
    try {
        const auto kilobytes = numberIn("/proc/meminfo", "MemAvailable:");
        return std::min(kilobytes ? *kilobytes * 1024 : kUnknown, leftInGroups());
    } catch (...) {
        return kUnknown;
    }
}

}  // namespace evenlight
