// SPDX-License-Identifier: Apache-2.0
// An effect with one parameter of each kind, in a fake host, with a clip of small images.
#pragma once

#include <map>

#include "effect/actions.h"
#include "fake_host.h"
#include "fake_runtime.h"

namespace fake {

[[nodiscard]] const evenlight::schema::Effect& testEffect();

struct Scene {
    /// Loads, describes, and makes an instance; source frames 0..9 hold their number.
    explicit Scene(const ImageOptions& options = {});
    ~Scene();
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    OfxStatus act(const char* action, Properties* in = nullptr, Properties* out = nullptr);
    /// Render at `time`, in the whole output unless a window is given.
    OfxStatus render(double time = 5, std::optional<OfxRectI> window = {});
    void set(const std::string& param, double value);
    [[nodiscard]] bool allReleased() const;

    Host host;
    evenlight::Plugin plugin{testEffect()};
    Effect descriptor;
    Effect instance;
    std::map<double, std::unique_ptr<Image>> frames;
    std::unique_ptr<Image> output;
    Runtime& python = runtime();
};

}  // namespace fake
