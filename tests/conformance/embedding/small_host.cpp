// SPDX-License-Identifier: Apache-2.0
// The smallest OpenFX host that can render a filter, and no Python in it: it opens the binary with
// local symbols, as hosts do, and renders packed float RGBA frames of a file, top row first.
// As a library it does the same inside a process that already holds whatever that process holds.
#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include <chrono>
#include <cstdio>
#include <fstream>

#include "host_suites.h"

namespace {

#ifdef _WIN32
void* openBinary(const std::string& file) {
    return reinterpret_cast<void*>(LoadLibraryA(file.c_str()));
}

void* symbolIn(void* library, const char* name) {
    return reinterpret_cast<void*>(GetProcAddress(reinterpret_cast<HMODULE>(library), name));
}

void closeBinary(void* library) {
    FreeLibrary(reinterpret_cast<HMODULE>(library));
}

std::string openingError() {
    return "LoadLibrary failed with " + std::to_string(GetLastError());
}

bool holdsPython() {
    return false;  // this host has none, and nothing in it looks for others
}
#else
void* openBinary(const std::string& file) {
    return dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
}

void* symbolIn(void* library, const char* name) {
    return dlsym(library, name);
}

void closeBinary(void* library) {
    dlclose(library);
}

std::string openingError() {
    return dlerror();
}

bool holdsPython() {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find("libpython") != line.npos) return true;
    return dlsym(RTLD_DEFAULT, "Py_IsInitialized") != nullptr;
}
#endif

void describeClip(OfxImageClipStruct& clip) {
    OfxPropertySetHandle set = &clip.properties;
    const double range[2] = {0, static_cast<double>(clip.frames.size()) - 1};
    setInt(set, kOfxImageClipPropConnected, clip.frames.empty() ? 0 : 1);
    setText(set, kOfxImageEffectPropPixelDepth, kOfxBitDepthFloat);
    setText(set, kOfxImageEffectPropComponents, kOfxImageComponentRGBA);
    setText(set, kOfxImageEffectPropPreMultiplication, kOfxImageUnPreMultiplied);
    propertySuite.propSetDoubleN(set, kOfxImageEffectPropFrameRange, 2, range);
}

std::vector<std::vector<float>> readFrames(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::vector<float>> frames;
    for (std::vector<float> frame(static_cast<std::size_t>(session.height * session.width * 4));
         file.read(reinterpret_cast<char*>(frame.data()),
                   static_cast<std::streamsize>(frame.size() * sizeof(float)));)
        frames.push_back(frame);
    return frames;
}

OfxPropertySetStruct renderArguments(OfxTime time) {
    OfxPropertySetStruct in;
    const int window[4] = {0, 0, session.width, session.height};
    const double scale[2] = {1, 1};
    setDouble(&in, kOfxPropTime, time);
    setText(&in, kOfxImageEffectPropFieldToRender, kOfxImageFieldNone);
    propertySuite.propSetIntN(&in, kOfxImageEffectPropRenderWindow, 4, window);
    propertySuite.propSetDoubleN(&in, kOfxImageEffectPropRenderScale, 2, scale);
    return in;
}

int run(std::map<std::string, std::string>& arguments) {
    session.height = std::stoi(arguments["height"]);
    session.width = std::stoi(arguments["width"]);
    const auto start = std::chrono::steady_clock::now();
    void* library = openBinary(arguments["binary"]);
    if (library == nullptr) return std::fprintf(stderr, "%s\n", openingError().c_str()), 1;
    const auto getPlugin = reinterpret_cast<OfxPlugin* (*)(int)>(symbolIn(library, "OfxGetPlugin"));
    OfxPlugin* plugin = getPlugin(0);
    OfxPropertySetStruct hostProperties;
    describeHost(&hostProperties);
    OfxHost host{&hostProperties, fetchSuite};
    plugin->setHost(&host);

    OfxImageEffectStruct effect;
    const auto act = [&](const char* action, OfxPropertySetHandle in = nullptr) {
        return plugin->mainEntry(action, &effect, in, nullptr);
    };
    OfxPropertySetStruct filter;
    setText(&filter, kOfxImageEffectPropContext, kOfxImageEffectContextFilter);
    if (plugin->mainEntry(kOfxActionLoad, nullptr, nullptr, nullptr) != kOfxStatOK ||
        act(kOfxActionDescribe) != kOfxStatOK ||
        act(kOfxImageEffectActionDescribeInContext, &filter) != kOfxStatOK)
        return std::puts("describing failed"), 1;
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    effect.clips[kOfxImageEffectSimpleSourceClipName].frames = readFrames(arguments["frames"]);
    auto& output = effect.clips[kOfxImageEffectOutputClipName];
    output.frames = effect.clips[kOfxImageEffectSimpleSourceClipName].frames;
    for (auto& frame : output.frames) frame.assign(frame.size(), -1.0F);
    for (auto& [name, clip] : effect.clips) describeClip(clip);
    setText(&effect.properties, kOfxImageEffectPropContext, kOfxImageEffectContextFilter);
    act(kOfxActionCreateInstance);
    std::printf("described %.1f python %d\n", spent.count(), holdsPython() ? 1 : 0);

    for (std::size_t time = 0; time < output.frames.size(); ++time) {
        OfxPropertySetStruct in = renderArguments(static_cast<OfxTime>(time));
        session.message.clear();
        const auto before = std::chrono::steady_clock::now();
        const OfxStatus status = act(kOfxImageEffectActionRender, &in);
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - before;
        std::printf("%zu %.2f %d %s\n", time, took.count(), status, session.message.c_str());
    }
    std::printf("rendered python %d\n", holdsPython() ? 1 : 0);
    std::ofstream file(arguments["out"], std::ios::binary);
    for (const auto& frame : output.frames)
        file.write(reinterpret_cast<const char*>(frame.data()),
                   static_cast<std::streamsize>(frame.size() * sizeof(float)));
    act(kOfxActionDestroyInstance);
    plugin->mainEntry(kOfxActionUnload, nullptr, nullptr, nullptr);
    closeBinary(library);
    return std::fflush(stdout), 0;
}

}  // namespace

/// Arguments are key=value; `param.NAME=VALUE` chooses a parameter's value.
extern "C" __attribute__((visibility("default"))) int runSmallHost(int count,
                                                                   const char* const* words) {
    std::map<std::string, std::string> arguments;
    for (int i = 0; i < count; ++i) {
        const std::string word = words[i];
        const std::size_t equals = word.find('=');
        if (equals == word.npos) continue;
        const std::string key = word.substr(0, equals);
        (key.rfind("param.", 0) == 0 ? session.chosen[key.substr(6)] : arguments[key]) =
            word.substr(equals + 1);
    }
    return run(arguments);
}

#if defined(SMALL_HOST_PROGRAM)
int main(int count, char** words) {
    return runSmallHost(count, words);
}
#endif
