// SPDX-License-Identifier: Apache-2.0
// The only code of ours that takes the GIL: the plug-in calls the table, the table calls the
// bridge.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <exception>
#include <memory>
#include <string>

#include "runtime/embedded/interpreter_start.h"
#include "runtime/embedded/table.h"
#include "runtime/embedded/table_frames.h"

namespace py = pybind11;

namespace evenlight::embedded {
namespace {

/// Runs `body` and turns what it throws into a status and a sentence, the GIL still held for
/// Python's exceptions. Nothing of Python's leaves.
template <class Body>
Status guarded(Sink sink, Body&& body) noexcept {
    std::string text;
    Status status = Status::Ok;
    try {
        text = body();
    } catch (const std::exception& error) {
        status = Status::Failed;
        text = error.what();
    } catch (...) {
        status = Status::Failed;
        text = "unknown exception";
    }
    sink.put(sink.context, text.data(), text.size());
    return status;
}

/// A Python failure without any Python object: those must not outlive the GIL.
struct Failure {
    Status status;
    std::string text;
};

Failure failureOf(const py::error_already_set& error) {
    if (error.matches(PyExc_MemoryError))
        return {Status::Memory,
                "there is not enough memory for this frame; close other programs, or work at a"
                " lower resolution"};
    const py::object aborted = py::module_::import("evenlight.errors").attr("Aborted");
    if (error.matches(aborted)) return {Status::Aborted, ""};
    return {Status::Failed, py::str(error.value()).cast<std::string>()};
}

template <class Body>
Status withPython(Sink sink, Body&& body) noexcept {
    Status status = Status::Ok;
    const Status outer = guarded(sink, [&]() -> std::string {
        const py::gil_scoped_acquire gil;
        try {
            return body();
        } catch (const py::error_already_set& error) {
            const Failure failure = failureOf(error);
            status = failure.status;
            return failure.text;
        }
    });
    return outer == Status::Ok ? status : outer;
}

py::object bridge(const char* function) {
    return py::module_::import("evenlight.bridge").attr(function);
}

py::object toPython(const Value& value) {
    switch (value.kind) {
        case ValueKind::Boolean:
            return py::bool_(value.number != 0);
        case ValueKind::Integer:
            return py::int_(static_cast<long long>(value.number));
        case ValueKind::Double:
            return py::float_(value.number);
        case ValueKind::Text:
            return py::str(value.text);
        case ValueKind::Samples:
            break;
    }
    py::list samples;
    for (std::size_t i = 0; i < value.sampleCount; ++i) samples.append(value.samples[i]);
    return samples;
}

/// The number that the plug-in knows an effect by is the address of the object it owns.
py::handle effectOf(std::int64_t number) {
    return reinterpret_cast<PyObject*>(number);  // NOLINT(performance-no-int-to-ptr)
}

/// No module of Python's is made of this library: it gives Python one nameless class.
bool registerTableFrames() {
    py::class_<TableFrames, std::shared_ptr<TableFrames>>(py::handle(), "TableFrames",
                                                          py::module_local())
        .def("fetch", &TableFrames::fetch, py::arg("clip"), py::arg("time"))
        .def("aborted", &TableFrames::aborted);
    return true;
}

Status start(const char* executable, const char* const* path, std::size_t pathCount, Sink sink) {
    const Status started = guarded(sink, [&] {
        startInterpreter(executable, std::vector<std::string>(path, path + pathCount));
        return std::string();
    });
    if (started != Status::Ok) return started;
    return withPython(sink, [] {
        static const bool registered = registerTableFrames();
        static_cast<void>(registered);
        bridge("process");
        py::module_::import("evenlight.log").attr("start")();
        return std::string();
    });
}

Status open(const char* identifier, std::int64_t* effect, Sink sink) {
    return withPython(sink, [&] {
        *effect = reinterpret_cast<std::int64_t>(bridge("open_effect")(identifier).release().ptr());
        return std::string();
    });
}

/// The host's frames for one call; Python is refused any after it.
class OpenFrames {
public:
    explicit OpenFrames(const Host& host) : frames_(std::make_shared<TableFrames>(host)) {}
    ~OpenFrames() { frames_->close(); }
    OpenFrames(const OpenFrames&) = delete;
    OpenFrames& operator=(const OpenFrames&) = delete;
    [[nodiscard]] const std::shared_ptr<TableFrames>& get() const { return frames_; }

private:
    std::shared_ptr<TableFrames> frames_;
};

/// `evenlight.engine.Request`, whatever is asked of the frame.
py::object requestOf(const Request& request) {
    using py::literals::operator""_a;
    py::dict values;
    for (std::size_t i = 0; i < request.valueCount; ++i)
        values[request.values[i].name] = toPython(request.values[i]);
    return bridge("Request")(
        "time"_a = request.time, "before"_a = request.before, "after"_a = request.after,
        "origin"_a = py::make_tuple(request.originRow, request.originColumn),
        "encoding"_a = request.encoding, "values"_a = values, "alone"_a = request.alone != 0,
        "walk"_a = request.walk, "fields"_a = bridge("Fields")(request.fields));
}

Status process(std::int64_t effect, const Request* request, const Host* host, const Pixels* out,
               Sink sink) {
    return withPython(sink, [&] {
        const OpenFrames frames(*host);
        return bridge("process")(effectOf(effect), frames.get(), viewOf(*out, true),
                                 requestOf(*request))
            .cast<std::string>();
    });
}

Status framesNeeded(std::int64_t effect, const Request* request, std::int32_t* before,
                    std::int32_t* after, Sink sink) {
    return withPython(sink, [&] {
        const py::object needed = bridge("frames_needed")(effectOf(effect), requestOf(*request));
        *before = needed.attr("before").cast<std::int32_t>();
        *after = needed.attr("after").cast<std::int32_t>();
        return needed.attr("reason").cast<std::string>();
    });
}

Status analyse(std::int64_t effect, const Request* request, const Host* host, Sink sink) {
    return withPython(sink, [&] {
        const OpenFrames frames(*host);
        return bridge("analyse")(effectOf(effect), frames.get(), requestOf(*request))
            .cast<std::string>();
    });
}

Status saveAnalysis(std::int64_t effect, const char* file, const Bytes* records,
                    std::size_t recordCount, std::int32_t* frames, Sink sink) {
    return withPython(sink, [&] {
        py::list given;
        for (std::size_t i = 0; i < recordCount; ++i)
            given.append(py::bytes(records[i].data, records[i].size));
        const py::object saved = bridge("save_analysis")(effectOf(effect), file, given);
        *frames = saved.attr("frames").cast<std::int32_t>();
        return saved.attr("digest").cast<std::string>();
    });
}

Status runErrand(std::int64_t effect, std::int32_t errand, const char* file, const Request* request,
                 const Host* host, Sink sink) {
    return withPython(sink, [&] {
        const OpenFrames frames(*host);
        return bridge("run_errand")(effectOf(effect), frames.get(), requestOf(*request), errand,
                                    file)
            .cast<std::string>();
    });
}

void close(std::int64_t effect) {
    const Sink nobody{nullptr, [](void*, const char*, std::size_t) {}};
    static_cast<void>(withPython(nobody, [&] {
        const auto held = py::reinterpret_steal<py::object>(effectOf(effect));
        bridge("close_effect")(held);
        return std::string();
    }));
}

}  // namespace
}  // namespace evenlight::embedded

extern "C" PYBIND11_EXPORT const evenlight::embedded::Table* evenlight_embedded_table() {
    using namespace evenlight::embedded;  // NOLINT: the one function outside
    static constexpr Table table{kTableVersion, start,        open,      process, framesNeeded,
                                 analyse,       saveAnalysis, runErrand, close};
    return &table;
}
