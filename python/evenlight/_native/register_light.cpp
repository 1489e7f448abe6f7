// SPDX-License-Identifier: Apache-2.0
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "light_path.h"
#include "register.h"

namespace py = pybind11;

namespace evenlight::native {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;

void require(bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(what);
}

std::vector<Hypothesis> hypothesesOf(const Doubles& deviations) {
    require(deviations.ndim() == 2 && deviations.shape(1) == 7,
            "a hypothesis has four deviations, two shares and a chance");
    std::vector<Hypothesis> all;
    const double* of = deviations.data();
    for (py::ssize_t i = 0; i < deviations.shape(0); ++i, of += 7)
        all.push_back({of[0], of[1], of[2], of[3], of[4], of[5], of[6]});
    return all;
}

py::tuple explanationsOf(const Doubles& path, const Doubles& noise, std::size_t centre,
                         const Doubles& hypotheses, double surprise, double flash, double flashing,
                         double punishment, double start, double slope) {
    require(path.ndim() == 2 && path.shape(0) > 0 && path.shape(1) > 0,
            "the path must be (frames, channels)");
    require(noise.ndim() == 1 && noise.shape(0) == path.shape(0) - 1,
            "there must be a noise for each step of the path");
    const auto frames = static_cast<std::size_t>(path.shape(0));
    const auto channels = static_cast<std::size_t>(path.shape(1));
    require(centre < frames, "the centre must be a frame of the path");
    const std::vector<Hypothesis> all = hypothesesOf(hypotheses);
    std::vector<Explanation> found;
    {
        const py::gil_scoped_release unlocked;
        found = explainLight(path.data(), noise.data(), frames, channels, centre, all,
                             {surprise, flash, flashing, punishment, start, slope});
    }
    Doubles likelihoods(hypotheses.shape(0));
    Doubles meant({hypotheses.shape(0), path.shape(1)});
    double* likelihood = likelihoods.mutable_data();
    double* light = meant.mutable_data();
    for (const Explanation& one : found) {
        *likelihood++ = one.likelihood;
        light = std::copy(one.meant.begin(), one.meant.end(), light);
    }
    return py::make_tuple(likelihoods, meant);
}

}  // namespace

void registerLight(py::module_& module) {
    using namespace py::literals;
    module.def("explain_light", &explanationsOf, "path"_a, "noise"_a, "centre"_a, "hypotheses"_a,
               py::kw_only(), "surprise"_a, "flash"_a, "flashing"_a, "punishment"_a, "start"_a,
               "slope"_a,
               "Log likelihood of each hypothesis, and the centre's meant light under it.");
}

}  // namespace evenlight::native
