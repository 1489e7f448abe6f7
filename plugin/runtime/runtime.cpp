// SPDX-License-Identifier: Apache-2.0
#include "runtime/runtime.h"

#include <cstdlib>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "ofx/error.h"
#include "runtime/embedded/embedded_runtime.h"
#include "runtime/interpreter.h"
#include "runtime/log.h"
#include "runtime/platform/loaded_python.h"
#include "runtime/platform/process_mutex.h"
#include "runtime/platform/shared_library.h"
#include "runtime/worker/worker_runtime.h"

namespace evenlight {
namespace {

enum class Choice { Auto, Embedded, Worker };

Choice choice() {
    const char* text = std::getenv("EVENLIGHT_RUNTIME");
    const std::string_view name = text == nullptr ? "" : text;
    if (name.empty() || name == "auto") return Choice::Auto;
    if (name == "embedded") return Choice::Embedded;
    if (name == "worker") return Choice::Worker;
    throw ofx::Error(kOfxStatFailed, "EVENLIGHT_RUNTIME is '" + std::string(name) +
                                         "'; it must be auto, embedded or worker.");
}

std::unique_ptr<Runtime> worker(const Interpreter& python, const std::string& reason) {
    logLine("renders in a worker process of " + python.executable.string() + ": " + reason);
    return makeWorkerRuntime(python);
}

std::unique_ptr<Runtime> embedded(const Interpreter& python, const std::string& reason) {
    if (python.isBundled) throw std::runtime_error("the bundle's own Python runs by itself");
    std::unique_ptr<Runtime> runtime = makeEmbeddedRuntime(python);
    logLine("renders with " + python.executable.string() + " in the host's process: " + reason);
    return runtime;
}

std::unique_ptr<Runtime> forcedEmbedded(const Interpreter& python) {
    try {
        return embedded(python, "EVENLIGHT_RUNTIME says so");
    } catch (const std::exception& error) {
        throw ofx::Error(kOfxStatFailed,
                         std::string("Evenlight cannot run in the host's process, as "
                                     "EVENLIGHT_RUNTIME=embedded asks: ") +
                             error.what() + ". Set it to auto or worker.");
    }
}

/// No forked child can count on the Python of its parent: threads that it needs are not there.
std::unique_ptr<Runtime> makeRuntime(bool isForked) {
    const Choice chosen = choice();
    const Interpreter python = findInterpreter();
    if (isForked) return worker(python, "this process was forked from one that renders");
    if (chosen == Choice::Worker) return worker(python, "EVENLIGHT_RUNTIME says so");
    if (chosen == Choice::Embedded) return forcedEmbedded(python);
    if (python.isBundled) return worker(python, "it brings a Python with libraries of its own");
    if (const auto loaded = loadedPython())
        return worker(python, "the host holds Python " + loaded->version);
    try {
        return embedded(python, "the host holds no Python");
    } catch (const std::exception& error) {
        return worker(python, std::string("it cannot be embedded: ") + error.what());
    }
}

}  // namespace

Runtime& runtime() {
    static ProcessMutex mutex;
    // Never destroyed: the host's threads may outlive static objects, and Python is not finalised.
    static Runtime* chosen = nullptr;
    static int owner = 0;  // the process that chose it
    const std::scoped_lock lock(mutex);
    if (chosen == nullptr || owner != processId()) {
        const bool isForked = owner != 0 && owner != processId();
        if (chosen != nullptr && isForked) chosen->leaveToParent();
        chosen = nullptr;
        chosen = makeRuntime(isForked).release();
        owner = processId();
        pinOwnFile();
    }
    return *chosen;
}

}  // namespace evenlight
