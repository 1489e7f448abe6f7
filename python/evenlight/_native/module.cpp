// SPDX-License-Identifier: Apache-2.0
// Python's view of the kernels. Arguments are checked once more here, in few words: it is
// evenlight.ops.kernels that speaks to people.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "cells.h"
#include "convert.h"
#include "curves.h"
#include "pairs.h"
#include "parallel.h"

namespace py = pybind11;

namespace evenlight {

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
    return {data,     pixels.strides(0), pixels.shape(0), pixels.shape(1),
            channels, depthOf(pixels)};
}

Image readable(const py::array& pixels) {
    return imageOf<Image>(pixels, static_cast<const std::byte*>(pixels.data()));
}

MutableImage writable(py::array& pixels) {
    return imageOf<MutableImage>(pixels, static_cast<std::byte*>(pixels.mutable_data()));
}

void bindApplyCurves(const py::array& pixels, const Floats& slopes, const Floats& offsets,
                     py::array out, bool premultiplied,
                     const std::optional<py::array_t<float>>& mask, bool invertMask) {
    const Image in = readable(pixels);
    const MutableImage to = writable(out);
    require(to.height == in.height && to.width == in.width && to.channels == in.channels &&
                to.depth == in.depth,
            "out must have the shape and depth of pixels");
    for (const Floats* table : {&slopes, &offsets})
        require(table->ndim() == 2 && table->shape(0) == kPieces && table->shape(1) == in.channels,
                "a curve must be (pieces, channels)");
    Weights weights{};
    if (mask) {
        require(mask->ndim() == 2 && mask->shape(0) == in.height && mask->shape(1) == in.width,
                "mask must be (height, width)");
        weights = {reinterpret_cast<const std::byte*>(mask->data()), mask->strides(0),
                   mask->strides(1), invertMask};
    }
    const float* slope = slopes.data();
    const float* offset = offsets.data();
    const py::gil_scoped_release released;
    applyCurves(in, slope, offset, premultiplied, weights, to);
}

Floats bindAverageCells(const py::array& pixels, py::ssize_t height, py::ssize_t width,
                        bool premultiplied) {
    const Image in = readable(pixels);
    require(height >= 1 && width >= 1 && height <= in.height && width <= in.width,
            "cells must be no smaller than pixels");
    Floats cells({height, width, py::ssize_t{3}});
    float* to = cells.mutable_data();
    const py::gil_scoped_release released;
    averageCells(in, premultiplied, height, width, to);
    return cells;
}

void requireField(const Floats& field, py::ssize_t height, py::ssize_t width) {
    require(field.ndim() == 3 && field.shape(0) == height && field.shape(1) == width &&
                field.shape(2) == 2,
            "a field must be (height, width, 2), of one size with what it moves");
}

SmallPicture pictureOf(const Floats& colour, const Floats& structure, py::ssize_t height,
                       py::ssize_t width) {
    require(structure.ndim() == 2 && structure.shape(0) == height && structure.shape(1) == width,
            "structures must be (height, width)");
    require(colour.ndim() == 3 && colour.shape(0) == height && colour.shape(1) == width &&
                colour.shape(2) == kColours,
            "colours must be (height, width, 3)");
    return {colour.data(), structure.data()};
}

py::tuple bindMatchedQuantiles(const Floats& colour, const Floats& structure,
                               const Floats& otherColour, const Floats& otherStructure,
                               const Floats& field, float match, float floor, py::ssize_t n) {
    require(structure.ndim() == 2, "structures must be (height, width)");
    const py::ssize_t height = structure.shape(0);
    const py::ssize_t width = structure.shape(1);
    const SmallPicture here = pictureOf(colour, structure, height, width);
    const SmallPicture there = pictureOf(otherColour, otherStructure, height, width);
    requireField(field, height, width);
    require(height * width < (1 << 24) && n >= 1 && floor > 0, "too many cells, or no quantiles");
    py::array_t<double> quantiles({py::ssize_t{kColours}, py::ssize_t{2}, n});
    double* to = quantiles.mutable_data();
    std::fill_n(to, quantiles.size(), 0.0);
    const float* towards = field.data();
    std::ptrdiff_t count = 0;
    {
        const py::gil_scoped_release released;
        count = matchedQuantiles(here, there, towards, height, width, match, floor, n, to);
    }
    return py::make_tuple(count, quantiles);
}

Floats bindChainFields(const Floats& field, const Floats& step) {
    require(field.ndim() == 3, "a field must be (height, width, 2)");
    const py::ssize_t height = field.shape(0);
    const py::ssize_t width = field.shape(1);
    requireField(field, height, width);
    requireField(step, height, width);
    Floats out({height, width, py::ssize_t{2}});
    const float* from = field.data();
    const float* by = step.data();
    float* to = out.mutable_data();
    const py::gil_scoped_release released;
    chainFields(from, by, height, width, to);
    return out;
}

}  // namespace

}  // namespace evenlight

PYBIND11_MODULE(_native, module) {
    using namespace py::literals;
    namespace el = evenlight;
    module.doc() = "Kernels that touch every pixel; evenlight.ops.kernels is the way to them.";
    module.attr("PIECES") = el::kPieces;
    module.def("apply_curves", el::bindApplyCurves, "pixels"_a.noconvert(), "slopes"_a.noconvert(),
               "offsets"_a.noconvert(), "out"_a.noconvert(), "premultiplied"_a,
               "mask"_a.noconvert().none(true), "invert_mask"_a);
    module.def("average_cells", el::bindAverageCells, "pixels"_a.noconvert(), "height"_a, "width"_a,
               "premultiplied"_a);
    module.def("matched_quantiles", el::bindMatchedQuantiles, "colour"_a.noconvert(),
               "structure"_a.noconvert(), "other_colour"_a.noconvert(),
               "other_structure"_a.noconvert(), "field"_a.noconvert(), "match"_a, "floor"_a,
               "n_quantiles"_a);
    module.def("chain_fields", el::bindChainFields, "field"_a.noconvert(), "step"_a.noconvert());
    module.def("set_threads", el::setThreadCount, "count"_a);
    module.def("threads", el::threadCount);
}
