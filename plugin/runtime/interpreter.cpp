// SPDX-License-Identifier: Apache-2.0
#include "runtime/interpreter.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>
#include <system_error>

#include "ofx/error.h"
#include "runtime/platform/child_process.h"
#include "runtime/platform/shared_library.h"

namespace evenlight {
namespace {

constexpr std::chrono::seconds kLimit(30);
constexpr const char* kRemedy =
    " Run `evenlight plugin install` again, or set EVENLIGHT_PYTHON to the full path of a Python"
    " that has Evenlight.";
constexpr const char* kRemedyOfWhole =
    " Remove this Evenlight.ofx.bundle and unpack its zip again, with a tool that keeps the files'"
    " permissions, such as unzip.";

// Old Pythons must be able to read it, so that they can be told what is wrong. One `key=value` a
// line; `path` comes several times.
constexpr const char* kQuestions = R"(
import os, sys
version = "%d.%d" % sys.version_info[:2]
print("version=" + version)
def fail(problem):
    print("problem=" + problem)
    sys.exit()
if sys.version_info < (3, 11): fail("is Python %s; Evenlight needs 3.11 or newer" % version)
from importlib import metadata, util
from sysconfig import get_config_var as config
spec = util.find_spec("evenlight")
if spec is None: fail("does not have the package evenlight")
try: print("package=" + metadata.version("evenlight"))
except metadata.PackageNotFoundError: print("package=unknown")
for entry in sys.path: print("path=" + entry)
folders = [config("LIBDIR"), os.path.join(config("LIBDIR") or "", config("MULTIARCH") or ""),
           os.path.join(sys.base_prefix, "lib"), config("PYTHONFRAMEWORKPREFIX")]
names = [config("INSTSONAME"), config("LDLIBRARY")]
files = [os.path.join(f, n) for f in folders if f for n in names if n and not n.endswith(".a")]
print("library=" + next((f for f in files if os.path.isfile(f)), ""))
files = [os.path.join(f, "_embedded" + config("EXT_SUFFIX"))
         for f in spec.submodule_search_locations or ()]
print("embedded=" + next((f for f in files if os.path.isfile(f)), ""))
)";

/// Where a Python is, and whether it came inside of the bundle.
struct Place {
    std::filesystem::path executable;
    bool isBundled;
};

[[noreturn]] void fail(const std::string& sentence, bool isBundled = false) {
    throw ofx::Error(kOfxStatFailed, sentence + (isBundled ? kRemedyOfWhole : kRemedy));
}

/// The `python=` line of Contents/Resources/python.txt.
std::string installedPython(const std::filesystem::path& contents) {
    std::ifstream file(contents / "Resources" / "python.txt");
    constexpr std::string_view kKey = "python=";
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.compare(0, kKey.size(), kKey) == 0) return line.substr(kKey.size());
    }
    return {};
}

/// A path in python.txt that is not a full one begins at Contents, two folders above the binary.
Place findPlace() {
    const char* named = std::getenv("EVENLIGHT_PYTHON");
    const bool isNamed = named != nullptr && *named != '\0';
    const auto contents = ownFile().parent_path().parent_path();
    const std::filesystem::path file = isNamed ? named : installedPython(contents);
    if (file.empty()) fail("Evenlight does not know which Python to use.");
    const bool isBundled = !isNamed && file.is_relative();
    const auto executable = isBundled ? contents / file : std::filesystem::absolute(file);
    std::error_code error;
    if (!std::filesystem::is_regular_file(executable, error))
        fail("Evenlight's Python, " + executable.string() + ", does not exist.", isBundled);
    return {executable, isBundled};
}

using Answers = std::multimap<std::string, std::string>;

Answers ask(const Place& place) {
    std::istringstream output;
    try {
        output.str(outputOf({place.executable.string(), "-I", "-c", kQuestions}, kLimit));
    } catch (const std::system_error& error) {
        fail("Evenlight's Python, " + place.executable.string() +
                 ", cannot be started: " + error.code().message() + ".",
             place.isBundled);
    }
    Answers answers;
    for (std::string line; std::getline(output, line);) {
        const std::size_t equals = line.find('=');
        if (equals != std::string::npos)
            answers.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return answers;
}

std::string answer(const Answers& answers, const char* key) {
    const auto found = answers.find(key);
    return found == answers.end() ? std::string() : found->second;
}

}  // namespace

Interpreter findInterpreter() {
    const Place place = findPlace();
    Interpreter python;
    python.executable = place.executable;
    python.isBundled = place.isBundled;
    const Answers answers = ask(place);
    const std::string name = "Evenlight's Python, " + place.executable.string() + ", ";
    const auto refuse = [&](const std::string& what) { fail(name + what, place.isBundled); };
    python.version = answer(answers, "version");
    if (python.version.empty()) refuse("does not answer as a Python does.");
    const std::string problem = answer(answers, "problem");
    if (!problem.empty()) refuse(problem + ".");
    const std::string package = answer(answers, "package");
    if (package != EVENLIGHT_VERSION)
        refuse("has version " + package + " of the package, and this plug-in is version " +
               EVENLIGHT_VERSION + ".");
    python.library = answer(answers, "library");
    python.embedded = answer(answers, "embedded");
    const auto [first, last] = answers.equal_range("path");
    for (auto entry = first; entry != last; ++entry) python.path.push_back(entry->second);
    return python;
}

}  // namespace evenlight
