// SPDX-License-Identifier: Apache-2.0
#include "runtime/embedded/table_frames.h"

#include <array>
#include <stdexcept>

#include "ofx/pixel_view.h"

namespace py = pybind11;

namespace evenlight::embedded {
namespace {

constexpr const char* kAbortedText = "the host no longer wants this frame";
constexpr const char* kFailedText = "the host failed to give a frame";

py::dtype dtypeOf(std::int32_t depth) {
    constexpr std::array kNames{"uint8", "uint16", "float16", "float32"};  // as ofx::Depth
    static_assert(static_cast<int>(ofx::Depth::Float) == kNames.size() - 1);
    return py::dtype(kNames.at(static_cast<std::size_t>(depth)));
}

}  // namespace

py::array viewOf(const Pixels& pixels, bool writable) {
    const py::dtype dtype = dtypeOf(pixels.depth);
    const py::ssize_t value = dtype.itemsize();
    const std::array<py::ssize_t, 3> shape{pixels.height, pixels.width, pixels.channels};
    const std::array<py::ssize_t, 3> strides{pixels.rowBytes, pixels.channels * value, value};
    py::array view(dtype, shape, strides, pixels.top, py::none());  // a base: a view, not a copy
    if (!writable) view.attr("flags").attr("writeable") = false;
    return view;
}

/// The host may wait for a thread that wants the GIL: it is given up before.
template <class Call>
void TableFrames::callHost(const Call& call) const {
    if (host_ == nullptr) throw std::runtime_error("a frame was asked for after the render");
    Status status = Status::Ok;
    {
        const py::gil_scoped_release host;
        status = call(*host_);
    }
    if (status == Status::Ok) return;
    const bool aborted = status == Status::Aborted;
    const char* kind = aborted ? "Aborted" : "EvenlightError";
    const char* text = aborted ? kAbortedText : kFailedText;
    const py::module_ errors = py::module_::import("evenlight.errors");
    py::set_error(errors.attr(kind), text);
    throw py::error_already_set();
}

py::object TableFrames::fetch(std::int32_t clip, double time) const {
    Image image{};
    callHost([&](const Host& host) { return host.fetch(host.context, clip, time, &image); });
    if (image.present == 0) return py::none();
    const py::object frame = py::module_::import("evenlight.frames").attr("HostImage");
    return frame(viewOf(image.pixels, false), image.identifier, image.premultiplied != 0,
                 py::make_tuple(image.left, image.top));
}

bool TableFrames::aborted() const {
    std::int32_t yes = 0;
    callHost([&](const Host& host) { return host.aborted(host.context, &yes); });
    return yes != 0;
}

}  // namespace evenlight::embedded
