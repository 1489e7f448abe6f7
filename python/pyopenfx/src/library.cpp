// SPDX-License-Identifier: Apache-2.0
#include "library.h"

#include "call.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace pyopenfx {
namespace {

#ifdef _WIN32
void* openShared(const std::string& path) {
    void* library = ::LoadLibraryA(path.c_str());
    if (!library) throw LoadError(path + ": error " + std::to_string(::GetLastError()));
    return library;
}

void* symbol(void* library, const char* name) {
    return reinterpret_cast<void*>(::GetProcAddress(static_cast<HMODULE>(library), name));
}
#else
void* openShared(const std::string& path) {
    void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (!library) throw LoadError(::dlerror());
    return library;
}

void* symbol(void* library, const char* name) {
    return ::dlsym(library, name);
}
#endif

template <class Function>
Function* function(void* library, const char* name) {
    return reinterpret_cast<Function*>(symbol(library, name));
}

}  // namespace

std::vector<std::shared_ptr<Binary>> openLibrary(const std::string& path,
                                                 const std::shared_ptr<Host>& host) {
    void* library = openShared(path);
    auto* const count = function<int()>(library, "OfxGetNumberOfPlugins");
    auto* const get = function<OfxPlugin*(int)>(library, "OfxGetPlugin");
    if (!count || !get) {
        throw LoadError(path + ": it does not export " +
                        (count ? "OfxGetPlugin" : "OfxGetNumberOfPlugins"));
    }
    const Call call(host, nullptr, "", 0.0);
    if (auto* setHost = function<OfxStatus(const OfxHost*)>(library, "OfxSetHost")) {
        const OfxStatus status = setHost(host->ofx());
        if (status == kOfxStatFailed) return {};
        if (status != kOfxStatOK) {
            report("status", Severity::Error, "OfxSetHost answers " + std::to_string(status));
        }
    } else {
        report("no-set-host", Severity::Warning,
               "OfxSetHost is not exported; Fusion refuses such a bundle");
    }
    std::vector<std::shared_ptr<Binary>> found;
    for (int nth = 0; nth < count(); ++nth) {
        OfxPlugin* plugin = get(nth);
        if (!plugin || !plugin->pluginApi || !plugin->pluginIdentifier || !plugin->setHost ||
            !plugin->mainEntry) {
            report("incomplete-plugin", Severity::Error,
                   "OfxGetPlugin(" + std::to_string(nth) + ") answers null or has null fields");
            continue;
        }
        found.push_back(std::make_shared<Binary>(plugin, get, nth));
    }
    return found;
}

void Binary::setHost(const std::shared_ptr<Host>& host) {
    if (OfxPlugin* again = get_(nth_)) plugin_ = again;
    plugin_->setHost(host->ofx());
}

OfxStatus Binary::act(const std::shared_ptr<Host>& host, const std::string& action,
                      const std::shared_ptr<Effect>& effect, const std::shared_ptr<PropertySet>& in,
                      const std::shared_ptr<PropertySet>& out, double time) const {
    const Call call(host, effect, action, time);
    const OwnedHandle inHandle = in ? OwnedHandle(Kind::Properties, in) : OwnedHandle();
    const OwnedHandle outHandle = out ? OwnedHandle(Kind::Properties, out) : OwnedHandle();
    try {
        return plugin_->mainEntry(action.c_str(), effect ? effect->handle.get() : nullptr,
                                  inHandle.as<OfxPropertySetHandle>(),
                                  outHandle.as<OfxPropertySetHandle>());
    } catch (const std::exception& error) {
        report("exception", Severity::Error,
               std::string("an exception is thrown into the host: ") + error.what());
    } catch (...) {
        report("exception", Severity::Error, "an exception is thrown into the host");
    }
    return kOfxStatFailed;
}

}  // namespace pyopenfx
