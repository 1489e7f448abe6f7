// SPDX-License-Identifier: Apache-2.0
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <stdexcept>

#include "bridge.h"
#include "cells.h"
#include "curves.h"
#include "register.h"

namespace py = pybind11;

namespace evenlight::native {

namespace {

using Floats = py::array_t<float, py::array::c_style>;

void require(bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(what);
}

Depth depthOf(const py::array& pixels) {
    const char kind = pixels.dtype().kind();
    const py::ssize_t size = pixels.itemsize();
    if (kind == 'u' && size == 1) return Depth::byte;
    if (kind == 'u' && size == 2) return Depth::word;
    if (kind == 'f' && size == 2) return Depth::half;
    require(kind == 'f' && size == 4, "pixels must be uint8, uint16, float16 or float32");
    return Depth::single;
}

template <class AnyImage>
AnyImage imageOf(const py::array& pixels, decltype(AnyImage::data) data) {
    require(pixels.ndim() == 3, "pixels must be (height, width, channels)");
    const py::ssize_t channels = pixels.shape(2);
    require(channels == 1 || channels == 3 || channels == 4, "pixels must have 1, 3 or 4 channels");
    require((channels == 1 || pixels.strides(2) == pixels.itemsize()) &&
                (pixels.shape(1) <= 1 || pixels.strides(1) == channels * pixels.itemsize()),
            "pixels must lie one after another within a row");
    return {data, pixels.strides(0), pixels.shape(0), pixels.shape(1), channels, depthOf(pixels)};
}

Image readable(const py::array& pixels) {
    return imageOf<Image>(pixels, static_cast<const std::byte*>(pixels.data()));
}

MutableImage writable(py::array& pixels) {
    return imageOf<MutableImage>(pixels, static_cast<std::byte*>(pixels.mutable_data()));
}

void applyCurvesTo(const py::array& pixels, const Floats& slopes, const Floats& offsets,
                   bool byMaximum, py::array out, bool premultiplied,
                   const std::optional<py::array_t<float, 0>>& mask, bool invertMask,
                   const std::optional<Floats>& nodes, py::ssize_t firstPixel,
                   const std::optional<Floats>& sensitivity) {
    const Image in = readable(pixels);
    const MutableImage to = writable(out);
    require(to.height == in.height && to.width == in.width && to.channels == in.channels &&
                to.depth == in.depth,
            "out must have the shape and depth of pixels");
    for (const Floats* table : {&slopes, &offsets})
        require(table->ndim() == 2 && table->shape(0) == kPieces && table->shape(1) == in.channels,
                "a table must be (pieces, channels)");
    Weights weights{};
    if (mask) {
        require(mask->ndim() == 2 && mask->shape(0) == in.height && mask->shape(1) == in.width,
                "mask must be (height, width)");
        weights = {reinterpret_cast<const std::byte*>(mask->data()), mask->strides(0),
                   mask->strides(1), invertMask};
    }
    GainMap gainMap{};
    if (nodes) {
        require(nodes->ndim() == 2 && nodes->shape(0) == in.height && firstPixel >= 0 &&
                    (nodes->shape(1) - 1) * kNodeDistance >= firstPixel + in.width,
                "nodes must cover the rows and columns of pixels");
        gainMap = {nodes->data(), nodes->shape(1), firstPixel, nullptr, nullptr};
        if (sensitivity) {
            require(sensitivity->ndim() == 2 && sensitivity->shape(0) == 2 &&
                        sensitivity->shape(1) == kPieces,
                    "sensitivity must be slopes and offsets of the pieces");
            gainMap.slopes = sensitivity->data();
            gainMap.offsets = sensitivity->data() + kPieces;
        }
    }
    const Gains gains{slopes.data(), offsets.data(), byMaximum};
    const py::gil_scoped_release unlocked;
    applyCurves(in, gains, gainMap, premultiplied, weights, to);
}

Floats averageCellsOf(const py::array& pixels, py::ssize_t height, py::ssize_t width,
                      bool premultiplied) {
    const Image in = readable(pixels);
    require(height >= 1 && width >= 1 && height <= in.height && width <= in.width,
            "there must not be more cells than pixels");
    Floats cells({height, width, py::ssize_t{3}});
    float* to = cells.mutable_data();
    {
        const py::gil_scoped_release unlocked;
        averageCells(in, premultiplied, height, width, to);
    }
    return cells;
}

Floats bridgeOf(const Floats& field, const py::array_t<bool, py::array::c_style>& holes) {
    require(field.ndim() == 3 && holes.ndim() == 2 && holes.shape(0) == field.shape(0) &&
                holes.shape(1) == field.shape(1),
            "holes must have the height and width of the field");
    require(field.shape(2) >= 1 && field.shape(2) <= 4, "the field must have 1 to 4 channels");
    Floats out({field.shape(0), field.shape(1), field.shape(2)});
    float* to = out.mutable_data();
    const auto* where = reinterpret_cast<const std::uint8_t*>(holes.data());
    {
        const py::gil_scoped_release unlocked;
        bridge(field.data(), where, field.shape(0), field.shape(1), field.shape(2), to);
    }
    return out;
}

}  // namespace

void registerPixels(py::module_& module) {
    using namespace py::literals;
    module.attr("PIECES") = kPieces;
    module.attr("NODE_DISTANCE") = kNodeDistance;
    module.def("apply_curves", &applyCurvesTo, "pixels"_a.noconvert(), "slopes"_a.noconvert(),
               "offsets"_a.noconvert(), "by_maximum"_a, "out"_a.noconvert(), "premultiplied"_a,
               "mask"_a.noconvert().none(true), "invert_mask"_a,
               "nodes"_a.noconvert().none(true) = py::none(), "first_pixel"_a = 0,
               "sensitivity"_a.noconvert().none(true) = py::none(),
               "Multiply values by gains that depend on their level.");
    module.def("average_cells", &averageCellsOf, "pixels"_a.noconvert(), "height"_a, "width"_a,
               "premultiplied"_a, "Means (height, width, 3) over a grid of cells.");
    module.def("bridge", &bridgeOf, "field"_a, "holes"_a.noconvert(),
               "A field (height, width, channels) continued into its holes.");
}

}  // namespace evenlight::native
