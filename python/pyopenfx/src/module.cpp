// SPDX-License-Identifier: Apache-2.0
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string_view>

#include "effect.h"
#include "host.h"
#include "library.h"

namespace py = pybind11;
using namespace py::literals;

namespace pyopenfx {
namespace {

Type typeNamed(const std::string& name) {
    if (name == "int") return Type::Int;
    if (name == "double") return Type::Double;
    if (name == "string") return Type::String;
    if (name == "pointer") return Type::Pointer;
    throw py::value_error("type is '" + name + "'; it must be int, double, string or pointer");
}

Value fromPython(const py::handle& value, Type type) {
    switch (type) {
        case Type::Int:
            return value.cast<int>();
        case Type::Double:
            return value.cast<double>();
        case Type::String:
            return value.cast<std::string>();
        case Type::Pointer:
            // NOLINTNEXTLINE(performance-no-int-to-ptr)
            return reinterpret_cast<void*>(value.cast<std::uintptr_t>());
    }
    return 0;
}

std::vector<Value> fromPython(const py::sequence& values, Type type) {
    std::vector<Value> all;
    for (const py::handle& value : values) all.push_back(fromPython(value, type));
    return all;
}

/// What a plug-in writes need not be UTF-8.
py::str decoded(std::string_view text) {
    return py::reinterpret_steal<py::str>(
        PyUnicode_DecodeUTF8(text.data(), static_cast<py::ssize_t>(text.size()), "replace"));
}

py::list toPython(const std::vector<std::string>& texts) {
    py::list all;
    for (const std::string& text : texts) all.append(decoded(text));
    return all;
}

/// A getter of a text that a plug-in may have written.
template <class Owner>
auto textOf(const std::string Owner::* member) {
    return [member](const Owner& owner) { return decoded(owner.*member); };
}

py::object toPython(const Value& value) {
    return std::visit(
        [](const auto& held) -> py::object {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, void*>) {
                return py::int_(reinterpret_cast<std::uintptr_t>(held));
            } else if constexpr (std::is_same_v<Held, std::string>) {
                return decoded(held);
            } else {
                return py::cast(held);
            }
        },
        value);
}

py::list toPython(const std::vector<Value>& values) {
    py::list all;
    for (const Value& value : values) all.append(toPython(value));
    return all;
}

/// Keeps a Python object for code that runs without the GIL.
std::shared_ptr<void> kept(py::object object) {
    return {object.release().ptr(), [](void* held) {
                const py::gil_scoped_acquire gil;
                Py_DECREF(static_cast<PyObject*>(held));
            }};
}

void registerProperties(py::module_& m) {
    m.def(
        "define_rules",
        [](const std::string& kind,
           const std::vector<std::tuple<std::string, std::string, int, py::list>>& table) {
            std::vector<Rule> rules;
            for (const auto& [name, type, dimension, initial] : table) {
                rules.push_back({name, typeNamed(type), dimension,
                                 fromPython(py::sequence(initial), typeNamed(type))});
            }
            defineRules(kind, std::move(rules));
        },
        "kind"_a, "table"_a);
    py::class_<PropertySet, std::shared_ptr<PropertySet>>(m, "PropertySet")
        .def(py::init<const std::string&, std::string>(), "kind"_a, "what"_a)
        .def(
            "get",
            [](const PropertySet& set, const std::string& name) {
                return toPython(set.values(name));
            },
            "name"_a)
        .def(
            "put",
            [](PropertySet& set, const std::string& name, const std::string& type,
               const py::sequence& values) { set.put(name, fromPython(values, typeNamed(type))); },
            "name"_a, "type"_a, "values"_a)
        .def("names", [](const PropertySet& set) { return toPython(set.names()); })
        .def("erase", &PropertySet::erase, "name"_a);
    py::class_<Image, PropertySet, std::shared_ptr<Image>>(m, "Image")
        .def(py::init([](std::string what, py::object owner) {
                 return std::make_shared<Image>(std::move(what), kept(std::move(owner)));
             }),
             "what"_a, "owner"_a);
}

void registerHost(py::module_& m) {
    py::enum_<Severity>(m, "Severity")
        .value("ERROR", Severity::Error)
        .value("WARNING", Severity::Warning)
        .value("NOTE", Severity::Note);
    py::class_<Finding>(m, "Finding")
        .def(py::init([](std::string rule, Severity severity, std::string action,
                         std::string message) {
                 return Finding{std::move(rule), severity, std::move(action), std::move(message)};
             }),
             "rule"_a, "severity"_a, "action"_a, "message"_a)
        .def_property_readonly("rule", textOf<Finding>(&Finding::rule))
        .def_readonly("severity", &Finding::severity)
        .def_property_readonly("action", textOf<Finding>(&Finding::action))
        .def_property_readonly("message", textOf<Finding>(&Finding::message));
    py::class_<Host, std::shared_ptr<Host>>(m, "Host")
        .def(py::init([](bool strict, unsigned cpus, std::set<std::pair<std::string, int>> withheld,
                         const std::vector<std::tuple<std::string, int, std::size_t>>& nulled) {
                 std::vector<SuiteFunction> functions;
                 for (const auto& [suite, version, index] : nulled) {
                     functions.push_back({suite, version, index});
                 }
                 return Host::make(strict, cpus, std::move(withheld), functions);
             }),
             "strict"_a, "cpus"_a, "withheld"_a, "nulled"_a)
        .def_property_readonly("properties", &Host::properties)
        .def("add", &Host::add, "finding"_a)
        .def("findings", &Host::findings)
        .def("clear_findings", &Host::clearFindings);
}

void registerEffect(py::module_& m) {
    py::class_<Clip, std::shared_ptr<Clip>>(m, "Clip")
        .def_property_readonly("name", textOf<Clip>(&Clip::name))
        .def_readonly("properties", &Clip::properties)
        .def_readwrite("image", &Clip::image)
        .def_readwrite("region_of_definition", &Clip::regionOfDefinition);
    py::class_<Param, std::shared_ptr<Param>>(m, "Param")
        .def_property_readonly("name", textOf<Param>(&Param::name))
        .def_property_readonly("type", textOf<Param>(&Param::type))
        .def_readonly("properties", &Param::properties)
        .def_property_readonly("parts", &Param::parts)
        .def(
            "value_at",
            [](const Param& param, std::optional<double> time) {
                return toPython(param.valueAt(time));
            },
            "time"_a)
        .def(
            "set",
            [](Param& param, const py::sequence& value) {
                param.set(fromPython(value, param.partType()));
            },
            "value"_a)
        .def(
            "set_key",
            [](Param& param, double time, const py::sequence& value) {
                param.setKey(time, fromPython(value, param.partType()));
            },
            "time"_a, "value"_a)
        .def("keys", &Param::keys)
        .def("delete_key", &Param::deleteKey, "time"_a)
        .def("delete_keys", &Param::deleteKeys);
    py::class_<Message>(m, "Message")
        .def_property_readonly("kind", textOf<Message>(&Message::kind))
        .def_property_readonly("id", textOf<Message>(&Message::id))
        .def_property_readonly("text", textOf<Message>(&Message::text))
        .def_readonly("persistent", &Message::persistent);
    py::class_<Effect, std::shared_ptr<Effect>>(m, "Effect")
        .def(py::init([](std::string label) {
                 auto effect = std::make_shared<Effect>(std::move(label));
                 effect->open();
                 return effect;
             }),
             "label"_a)
        .def_property_readonly("handle",
                               [](const Effect& effect) {
                                   return reinterpret_cast<std::uintptr_t>(effect.handle.get());
                               })
        .def_readonly("properties", &Effect::properties)
        .def_readonly("param_properties", &Effect::paramProperties)
        .def_readonly("clips", &Effect::clips)
        .def_readonly("params", &Effect::params)
        .def_property(
            "aborted", [](const Effect& effect) { return effect.aborted.load(); },
            [](Effect& effect, bool yes) { effect.aborted = yes; })
        .def("said_abort", &Effect::saidAbort)
        .def("abort_after", &Effect::abortAfterAnswers, "answers"_a)
        .def_property(
            "progress_cancels", [](const Effect& effect) { return effect.progressCancels.load(); },
            [](Effect& effect, bool yes) { effect.progressCancels = yes; })
        .def_property(
            "time", [](const Effect& effect) { return effect.time.load(); },
            [](Effect& effect, double time) { effect.time = time; })
        .def(
            "set_time_bounds",
            [](Effect& effect, double first, double last) {
                effect.firstTime = first;
                effect.lastTime = last;
            },
            "first"_a, "last"_a)
        .def_property_readonly("memory_blocks",
                               [](const Effect& effect) { return effect.memoryBlocks.load(); })
        .def(
            "copy_from",
            [](Effect& effect, const Effect& other) {
                effect.properties->copyFrom(*other.properties);
                for (const auto& param : other.params) {
                    effect.addParam(param->name, param->type)
                        ->properties->copyFrom(*param->properties);
                }
            },
            "other"_a)
        .def("instantiate", &Effect::instantiate)
        .def("close", &Effect::close)
        .def("take_messages", &Effect::takeMessages)
        .def_property_readonly("persistent", &Effect::persistent)
        .def_property_readonly("progress", &Effect::progress)
        .def("take_changes", [](Effect& effect) { return toPython(effect.takeChanges()); });
}

void registerLibrary(py::module_& m) {
    py::register_exception<LoadError>(m, "LoadError", PyExc_OSError);
    py::class_<Binary, std::shared_ptr<Binary>>(m, "Binary")
        .def_property_readonly("api", [](const Binary& b) { return decoded(b.plugin().pluginApi); })
        .def_property_readonly("api_version", [](const Binary& b) { return b.plugin().apiVersion; })
        .def_property_readonly("identifier",
                               [](const Binary& b) { return decoded(b.plugin().pluginIdentifier); })
        .def_property_readonly("version",
                               [](const Binary& b) {
                                   return std::pair(b.plugin().pluginVersionMajor,
                                                    b.plugin().pluginVersionMinor);
                               })
        .def("set_host", &Binary::setHost, "host"_a, py::call_guard<py::gil_scoped_release>())
        .def("act", &Binary::act, "host"_a, "action"_a, "effect"_a, "inputs"_a, "outputs"_a,
             "time"_a, py::call_guard<py::gil_scoped_release>());
    m.def("open_library", &openLibrary, "path"_a, "host"_a,
          py::call_guard<py::gil_scoped_release>());
}

}  // namespace

PYBIND11_MODULE(_core, m) {
    m.doc() = "The OpenFX suites of pyopenfx; use the package, not this module.";
    registerProperties(m);
    registerHost(m);
    registerEffect(m);
    registerLibrary(m);
}

}  // namespace pyopenfx
