// SPDX-License-Identifier: Apache-2.0
// The three functions that a host looks up in the binary, and one OfxPlugin for each effect.
#include <array>
#include <iterator>
#include <utility>

#include "effect/actions.h"
#include "ofxCore.h"
#include "ofxImageEffect.h"
#include "schema/effect_table.h"

#ifdef _WIN32
#define EVENLIGHT_EXPORT
#else
#define EVENLIGHT_EXPORT __attribute__((visibility("default")))
#endif

namespace evenlight {
namespace schema {
#include "schema/effects.inc"
}  // namespace schema

namespace {

constexpr std::size_t kCount = std::size(schema::kEffects);

/// The standard's functions carry no context: each effect has its own.
template <std::size_t index>
struct Entry {
    static OfxStatus interact(const char* action, const void* handle, OfxPropertySetHandle in,
                              OfxPropertySetHandle out) {
        return plugin.runInteract(action, handle, in, out);
    }

    static inline Plugin plugin{schema::kEffects[index], interact};

    static void setHost(OfxHost* host) { plugin.setHost(host); }

    static OfxStatus run(const char* action, const void* handle, OfxPropertySetHandle in,
                         OfxPropertySetHandle out) {
        return plugin.run(action, handle, in, out);
    }

    static OfxPlugin describe() {
        const schema::Effect& effect = schema::kEffects[index];
        return {kOfxImageEffectPluginApi,
                kOfxImageEffectPluginApiVersion,
                effect.identifier,
                effect.versionMajor,
                effect.versionMinor,
                setHost,
                run};
    }
};

template <std::size_t... index>
std::array<OfxPlugin, kCount> describeAll(std::index_sequence<index...> /*which*/) {
    return {Entry<index>::describe()...};
}

std::array<OfxPlugin, kCount>& plugins() {
    static std::array<OfxPlugin, kCount> all = describeAll(std::make_index_sequence<kCount>());
    return all;
}

}  // namespace
}  // namespace evenlight

extern "C" {

EVENLIGHT_EXPORT int OfxGetNumberOfPlugins(void) {
    return static_cast<int>(evenlight::kCount);
}

EVENLIGHT_EXPORT OfxPlugin* OfxGetPlugin(int nth) {
    if (nth < 0 || nth >= OfxGetNumberOfPlugins()) return nullptr;
    return &evenlight::plugins()[static_cast<std::size_t>(nth)];
}

/// Fusion refuses a binary without it; others never call it. Each plug-in is given its host anyway.
EVENLIGHT_EXPORT OfxStatus OfxSetHost(const OfxHost* /*host*/) {
    return kOfxStatOK;
}
}
