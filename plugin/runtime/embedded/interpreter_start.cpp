// SPDX-License-Identifier: Apache-2.0
#include "runtime/embedded/interpreter_start.h"

#include <pybind11/pybind11.h>

#include <stdexcept>

namespace py = pybind11;

namespace evenlight::embedded {
namespace {

void check(PyStatus status) {
    if (PyStatus_Exception(status))
        throw std::runtime_error(std::string("Python does not start: ") +
                                 (status.err_msg == nullptr ? "no reason given" : status.err_msg));
}

/// PyConfig that is cleared with its owner.
struct Config {
    PyConfig raw{};
    Config() { PyConfig_InitIsolatedConfig(&raw); }
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;
    ~Config() { PyConfig_Clear(&raw); }
};

void join(const std::vector<std::string>& path) {
    const py::gil_scoped_acquire gil;
    const py::module_ sys = py::module_::import("sys");
    // Natron without a Python of its own takes these away; sysconfig, and so numpy, needs them.
    for (const char* name : {"prefix", "exec_prefix"})
        if (!py::hasattr(sys, name))
            sys.attr(name) = sys.attr((std::string("base_") + name).c_str());
    // Ours goes in front: a host's own numpy is not the one we were built for. Folders of packages
    // are added as `site` does it, so that what their .pth files install works too.
    const py::object addFolder = py::module_::import("site").attr("addsitedir");
    auto known = sys.attr("path").cast<py::list>();
    const auto before = known.size();
    for (const std::string& entry : path)
        if (!known.contains(entry)) addFolder(entry);
    py::list ours;
    for (auto i = before; i < known.size(); ++i) ours.append(known[i]);
    sys.attr("path") = ours + known[py::slice(0, static_cast<py::ssize_t>(before), 1)];
}

}  // namespace

void startInterpreter(const char* executable, const std::vector<std::string>& path) {
    if (Py_IsInitialized() != 0) {
        join(path);
        return;
    }
    Config config;
    config.raw.install_signal_handlers = 0;  // the host's
    check(PyConfig_SetBytesString(&config.raw, &config.raw.executable, executable));
    check(PyConfig_SetBytesString(&config.raw, &config.raw.program_name, executable));
    check(Py_InitializeFromConfig(&config.raw));
    PyEval_SaveThread();  // never finalised: numpy does not survive a second start
}

}  // namespace evenlight::embedded
