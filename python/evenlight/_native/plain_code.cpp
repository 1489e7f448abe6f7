// SPDX-License-Identifier: Apache-2.0
#include "plain_code.h"

#include <mutex>

namespace py = pybind11;

namespace evenlight::native {
namespace {

struct Switch {
    std::mutex mutex;
    int running = 0;  // calls
    bool before = true;
};

Switch& ofProcess() {
    static Switch held;
    return held;
}

/// Python may let other threads run while the switch is set, so the GIL is given up to wait.
std::unique_lock<std::mutex> locked(std::mutex& mutex) {
    std::unique_lock<std::mutex> lock(mutex, std::try_to_lock);
    if (!lock.owns_lock()) {
        const py::gil_scoped_release unlocked;
        lock.lock();
    }
    return lock;
}

}  // namespace

void beginPlainCode(const py::function& isOn, const py::function& turn) {
    Switch& held = ofProcess();
    const std::unique_lock<std::mutex> lock = locked(held.mutex);
    if (held.running == 0) held.before = isOn().cast<bool>();
    turn(false);
    ++held.running;
}

void endPlainCode(const py::function& turn) {
    Switch& held = ofProcess();
    const std::unique_lock<std::mutex> lock = locked(held.mutex);
    if (--held.running == 0) turn(held.before);
}

}  // namespace evenlight::native
