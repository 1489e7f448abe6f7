// SPDX-License-Identifier: Apache-2.0
// Frames cross to a worker over sockets of POSIX that carry descriptors; Windows has none. There
// the package runs in the host's process or not at all.
#include "ofx/error.h"
#include "runtime/worker/worker_runtime.h"

namespace evenlight {

std::unique_ptr<Runtime> makeWorkerRuntime(const Interpreter& python) {
    throw ofx::Error(kOfxStatFailed,
                     "Evenlight would have to render in a process of its own, for this host does "
                     "not let it run Python " +
                         python.version +
                         " inside, and on Windows it cannot do that yet. Use a host without a "
                         "Python, or one with that version.");
}

}  // namespace evenlight
