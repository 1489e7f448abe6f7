// SPDX-License-Identifier: Apache-2.0
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <future>
#include <stdexcept>
#include <utility>

#include "matching.h"
#include "register.h"

namespace py = pybind11;

namespace evenlight::native {
namespace {

using Array = py::array_t<float, py::array::c_style>;
/// (structure, colour, flow from the frame one nearer to the centre)
using Step = std::tuple<Array, Array, Array>;

const float* checked(const Array& array, std::ptrdiff_t height, std::ptrdiff_t width,
                     std::ptrdiff_t channels) {
    if (array.size() != height * width * channels)
        throw std::invalid_argument("proxies and flows must have one size");
    return array.data();
}

std::vector<StepView> viewsOf(const std::vector<Step>& side, const MatchSettings& settings) {
    std::vector<StepView> views;
    views.reserve(side.size());
    for (const auto& [structure, colour, flow] : side)
        views.push_back({{checked(structure, settings.height, settings.width, 1),
                          checked(colour, settings.height, settings.width, 3)},
                         checked(flow, settings.height, settings.width, 2)});
    return views;
}

py::tuple toPython(const std::vector<Said>& said, std::size_t levels) {
    py::array_t<double> confidence(static_cast<py::ssize_t>(said.size()));
    py::array_t<double> change(static_cast<py::ssize_t>(said.size()));
    py::array_t<double> gains({said.size(), std::size_t{3}, levels});
    for (std::size_t i = 0; i < said.size(); ++i) {
        confidence.mutable_data()[i] = said[i].confidence;
        change.mutable_data()[i] = said[i].change;
        std::copy(said[i].gains.begin(), said[i].gains.end(),
                  gains.mutable_data() + i * 3 * levels);
    }
    return py::make_tuple(confidence, gains, change);
}

py::tuple followSides(const Array& structure, const Array& colour, const std::vector<Step>& before,
                      const std::vector<Step>& after, float match, double floor, double epsilon,
                      std::size_t quantiles, double leastMatched, std::vector<double> levels) {
    if (structure.ndim() != 2) throw std::invalid_argument("structure must be (h, w)");
    if (quantiles == 0 || levels.empty()) throw std::invalid_argument("nothing to compare at");
    const MatchSettings settings{
        structure.shape(0), structure.shape(1), match, floor, epsilon, quantiles,
        leastMatched,       std::move(levels)};
    const ProxyView centre{structure.data(), checked(colour, settings.height, settings.width, 3)};
    const std::vector<StepView> past = viewsOf(before, settings);
    const std::vector<StepView> future = viewsOf(after, settings);
    std::pair<std::vector<Said>, std::vector<Said>> said;
    {
        const py::gil_scoped_release unlocked;
        auto other = std::async(std::launch::async, [&] { return follow(centre, past, settings); });
        said.second = follow(centre, future, settings);
        said.first = other.get();
    }
    return py::make_tuple(toPython(said.first, settings.levels.size()),
                          toPython(said.second, settings.levels.size()));
}

}  // namespace

void registerMatching(py::module_& module) {
    module.def("follow_sides", &followSides, py::arg("structure"), py::arg("colour"),
               py::arg("before"), py::arg("after"), py::kw_only(), py::arg("match"),
               py::arg("floor"), py::arg("epsilon"), py::arg("quantiles"), py::arg("least_matched"),
               py::arg("levels"),
               "Confidence (n,), gains (n, 3, levels) and change (n,) for either side.");
}

}  // namespace evenlight::native
