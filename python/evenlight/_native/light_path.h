// SPDX-License-Identifier: Apache-2.0
// Likelihood of a path of light under hypotheses of what is meant and what is flicker. The NumPy
// twin is tests/reference/light_path.py.
#pragma once

#include <cstddef>
#include <vector>

namespace evenlight::native {

/// Standard deviations, in stops a frame or stops, of one explanation of a path.
struct Hypothesis {
    double walk;      // of the meant light's steps from frame to frame
    double bend;      // of the changes of its slope
    double white;     // of flicker that knows nothing of the frame before
    double coloured;  // of flicker that wanders and returns
    double along;     // share of it that is left a frame later,
    double across;    // and that of its quarter turn, where it swings
    double jumps;     // chance that a frame draws it anew; 0 where it goes on by itself
};

struct LightSettings {
    double surprise;  // squared deviations from which a frame is a step or a burst
    double flash;     // squared stops from which it is one at `flashing` squared deviations
    double flashing;
    double punishment;  // logarithm of how rare steps and bursts are
    double start;       // variance of the first frame's light
    double slope;       // of the first frame's slope
};

/// What one hypothesis says: its log likelihood, and the meant light of the centre.
struct Explanation {
    double likelihood = 0.0;
    std::vector<double> meant;  // (channels)
};

/// `path` (frames, channels) holds the light of each frame, `noise` (frames - 1) the variance with
/// which each step of it was measured. A local linear trend, white flicker and a
/// stochastic cycle (Harvey 1989), by Kalman's filter; the centre is carried along as a state of
/// its own, so that the last frame leaves it smoothed.
std::vector<Explanation> explainLight(const double* path, const double* noise, std::size_t frames,
                                      std::size_t channels, std::size_t centre,
                                      const std::vector<Hypothesis>& hypotheses,
                                      const LightSettings& settings);

}  // namespace evenlight::native
