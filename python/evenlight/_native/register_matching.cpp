// SPDX-License-Identifier: Apache-2.0
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <future>
#include <optional>
#include <stdexcept>
#include <utility>

#include "constants.h"
#include "fields.h"
#include "matching.h"
#include "register.h"
#include "relations.h"

namespace py = pybind11;

namespace evenlight::native {
namespace {

using Array = py::array_t<float, py::array::c_style>;
/// (structure, colour, flow from the frame one nearer to the centre, gain by cells or nothing)
using Step = std::tuple<Array, Array, Array, std::optional<Array>>;

const float* checked(const Array& array, std::ptrdiff_t height, std::ptrdiff_t width,
                     std::ptrdiff_t channels) {
    if (array.size() != height * width * channels)
        throw std::invalid_argument("proxies and flows must have one size");
    return array.data();
}

std::vector<StepView> viewsOf(const std::vector<Step>& side, std::ptrdiff_t height,
                              std::ptrdiff_t width) {
    std::vector<StepView> views;
    views.reserve(side.size());
    for (const auto& [structure, colour, flow, light] : side)
        views.push_back({{checked(structure, height, width, 1), checked(colour, height, width, 3)},
                         checked(flow, height, width, 2),
                         light ? checked(*light, height, width, 1) : nullptr});
    return views;
}

py::tuple toPython(const std::vector<PairStatistics>& said, std::size_t levels) {
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
    const PreviewView centre{structure.data(), checked(colour, settings.height, settings.width, 3)};
    const std::vector<StepView> past = viewsOf(before, settings.height, settings.width);
    const std::vector<StepView> future = viewsOf(after, settings.height, settings.width);
    std::pair<std::vector<PairStatistics>, std::vector<PairStatistics>> said;
    {
        const py::gil_scoped_release unlocked;
        auto other = std::async(std::launch::async, [&] { return follow(centre, past, settings); });
        said.second = follow(centre, future, settings);
        said.first = other.get();
    }
    return py::make_tuple(toPython(said.first, settings.levels.size()),
                          toPython(said.second, settings.levels.size()));
}

using Doubles = py::array_t<double, py::array::c_style>;

std::vector<Relation> relationsOf(const Array& structure, const Array& colour,
                                  const std::vector<Step>& side, const Doubles& gains, float match,
                                  double epsilon, double firstLevel, double levelStep) {
    if (structure.ndim() != 2) throw std::invalid_argument("structure must be (h, w)");
    if (gains.ndim() != 3 || gains.shape(0) != static_cast<py::ssize_t>(side.size()) ||
        gains.shape(1) != 3 || gains.shape(2) < 2)
        throw std::invalid_argument("gains must be (neighbours, 3, levels)");
    RelationSettings settings{};
    settings.height = structure.shape(0);
    settings.width = structure.shape(1);
    settings.match = match;
    settings.epsilon = epsilon;
    settings.firstLevel = firstLevel;
    settings.levelStep = levelStep;
    settings.levels = static_cast<std::size_t>(gains.shape(2));
    const PreviewView centre{structure.data(), checked(colour, settings.height, settings.width, 3)};
    const std::vector<StepView> views = viewsOf(side, settings.height, settings.width);
    const py::gil_scoped_release unlocked;
    return relate(centre, views, gains.data(), settings);
}

py::tuple relateSide(const Array& structure, const Array& colour, const std::vector<Step>& side,
                     const Doubles& gains, float match, double epsilon, double firstLevel,
                     double levelStep) {
    const std::vector<Relation> found =
        relationsOf(structure, colour, side, gains, match, epsilon, firstLevel, levelStep);
    const auto cells = static_cast<std::size_t>(structure.size());
    Doubles values({found.size(), cells});
    Doubles weights({found.size(), cells});
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::copy(found[i].values.begin(), found[i].values.end(),
                  values.mutable_data() + i * cells);
        std::copy(found[i].weights.begin(), found[i].weights.end(),
                  weights.mutable_data() + i * cells);
    }
    return py::make_tuple(values, weights);
}

py::tuple fitFieldsOf(const Array& structure, const Array& colour, const std::vector<Step>& side,
                      const Doubles& gains, std::size_t order, std::size_t bands, bool columns,
                      float match, double epsilon, double firstLevel, double levelStep) {
    if (order == 0) throw std::invalid_argument("a field has one term at least");
    const std::vector<Relation> relations =
        relationsOf(structure, colour, side, gains, match, epsilon, firstLevel, levelStep);
    FieldSettings settings{};
    settings.height = structure.shape(0);
    settings.width = structure.shape(1);
    settings.order = order;
    settings.bands = bands;
    settings.columns = columns;
    std::vector<FittedField> fitted;
    {
        const py::gil_scoped_release unlocked;
        fitted = fitFields(relations, settings);
    }
    Doubles coefficients({fitted.size(), settings.terms()});
    Doubles weights(static_cast<py::ssize_t>(fitted.size()));
    Doubles deviations(static_cast<py::ssize_t>(fitted.size()));
    for (std::size_t i = 0; i < fitted.size(); ++i) {
        std::copy(fitted[i].coefficients.begin(), fitted[i].coefficients.end(),
                  coefficients.mutable_data() + i * settings.terms());
        weights.mutable_data()[i] = fitted[i].weight;
        deviations.mutable_data()[i] = fitted[i].deviation;
    }
    return py::make_tuple(coefficients, weights, deviations);
}

}  // namespace

void registerMatching(py::module_& module) {
    module.attr("LUMA") = py::make_tuple(kLuma[0], kLuma[1], kLuma[2]);
    module.attr("SUREST") = kSurest;
    module.def("follow_sides", &followSides, py::arg("structure"), py::arg("colour"),
               py::arg("before"), py::arg("after"), py::kw_only(), py::arg("match"),
               py::arg("floor"), py::arg("epsilon"), py::arg("quantiles"), py::arg("least_matched"),
               py::arg("levels"),
               "Confidence (n,), gains (n, 3, levels) and change (n,) for either side.");
    module.def("relate", &relateSide, py::arg("structure"), py::arg("colour"), py::arg("side"),
               py::arg("gains"), py::kw_only(), py::arg("match"), py::arg("epsilon"),
               py::arg("first_level"), py::arg("level_step"),
               "Logarithm of each neighbour's light (n, cells), and weights (n, cells).");
    module.def("fit_fields", &fitFieldsOf, py::arg("structure"), py::arg("colour"), py::arg("side"),
               py::arg("gains"), py::kw_only(), py::arg("order"), py::arg("bands"),
               py::arg("columns"), py::arg("match"), py::arg("epsilon"), py::arg("first_level"),
               py::arg("level_step"),
               "Coefficients (n, terms) of each neighbour's light and the share that spoke (n,).");
}

}  // namespace evenlight::native
