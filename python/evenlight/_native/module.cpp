// SPDX-License-Identifier: Apache-2.0
// Python's view of the kernels. Arguments are checked here in few words: it is the package that
// speaks to people.
#include <pybind11/pybind11.h>

#include "parallel.h"
#include "plain_code.h"
#include "register.h"

PYBIND11_MODULE(_native, module) {
    using namespace pybind11::literals;
    namespace native = evenlight::native;
    module.doc() =
        "Loops that must run near the speed of memory; evenlight.kernels is the way to most of "
        "them.";
    native::registerPixels(module);
    native::registerMatching(module);
    native::registerElementwise(module);
    native::registerLinear(module);
    native::registerLight(module);
    module.def("set_threads", &native::setThreadCount, "count"_a);
    module.def("threads", &native::threadCount);
    module.def("begin_plain_code", &native::beginPlainCode, "is_on"_a, "turn"_a);
    module.def("end_plain_code", &native::endPlainCode, "turn"_a);
}
