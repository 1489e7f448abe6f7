// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/passed_environment.h"

#include <algorithm>
#include <array>

namespace evenlight {
namespace {

// All that a Python of ours may be told; hosts set more for their own Python and libraries, and
// farms hand out secrets that way.
constexpr std::array<std::string_view, 2> kPassedPrefixes{"EVENLIGHT_", "LC_"};
constexpr std::string_view kPassed[] = {
    "HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER", "XDG_CACHE_HOME",
#ifdef _WIN32
    // without which its own libraries do not start, and where things are kept
    "SYSTEMDRIVE", "SYSTEMROOT", "WINDIR", "LOCALAPPDATA", "TEMP", "TMP", "USERNAME", "USERPROFILE",
#endif
    // how many processors, and which of their instructions
    "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES", "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS", "OPENCV_CPU_DISABLE",
    // which graphics cards
    "CUDA_CACHE_PATH", "CUDA_DEVICE_ORDER", "CUDA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_VISIBLE_DEVICES"};

}  // namespace

bool isPassed(std::string_view variable) {
    const std::string_view name = variable.substr(0, variable.find('='));
    const auto begins = [&](std::string_view start) {
        return name.substr(0, start.size()) == start;
    };
    return std::any_of(kPassedPrefixes.begin(), kPassedPrefixes.end(), begins) ||
           std::find(std::begin(kPassed), std::end(kPassed), name) != std::end(kPassed);
}

}  // namespace evenlight
