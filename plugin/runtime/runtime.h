// SPDX-License-Identifier: Apache-2.0
// Where the Python package lives. The effect knows this interface and neither of its two kinds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ofx/pixel_view.h"

namespace evenlight {

using EffectId = std::int64_t;

/// Bool, Int, Double, the name of a Choice's option, or, for a parameter that is sampled over the
/// window, its values at offsets -before .. +after as numbers.
using ParamValue = std::variant<bool, int, double, std::string, std::vector<double>>;

/// An image of the host's. What `pixels` points to lives until `FrameServer` goes.
struct SourceImage {
    ofx::PixelView pixels;
    std::string identifier;  // the host's; empty where it gives none
    bool premultiplied = false;
};

/// Order of the fields of interlaced frames, in which each is a frame in time.
enum class Fields : std::int32_t { None = 0, UpperFirst = 1, LowerFirst = 2 };

/// One frame, as Python is told of it whatever it is asked.
struct RenderRequest {
    OfxTime time = 0;
    int before = 0;  // frames that may be asked for on each side of `time`
    int after = 0;
    int originRow = 0;  // of the output's top left pixel, in the source frame, row 0 on top
    int originColumn = 0;
    bool alone = false;    // whether the host has no frame but the one at `time`
    std::string encoding;  // the clip's, as the host tells it; empty where it does not
    std::vector<std::pair<std::string, ParamValue>> values;
    /// The walk along the clip that an analysis takes: what is measured of a frame is kept for all
    /// frames of a walk. 0 for none.
    std::int64_t walk = 0;
    Fields fields = Fields::None;
};

/// What has to be read for a frame.
struct FramesNeeded {
    int before = 0;
    int after = 0;
    std::string reason;  // why the analysis that is named does not serve, where it does not
};

/// What an analysis keeps of one frame: bytes that only Python reads.
using RecordBytes = std::string;

struct SavedAnalysis {
    int frames = 0;
    std::string digest;  // equal for equal contents only
};

/// What a button of the panel wants of Python.
/// Measure looks at the frames of the request's window; Suit takes all that it answered, a line for
/// each, in place of a file.
enum class Errand : std::int32_t { LoadPreset = 0, SavePreset = 1, Measure = 2, Suit = 3 };

enum class ClipId : std::int32_t { Source = 0, Mask = 1 };

/// What Python may ask of the host during `process`, on the thread that called it.
class FrameServer {
public:
    virtual ~FrameServer() = default;
    /// The clip's image at `time`, or nothing where the clip has none.
    [[nodiscard]] virtual std::optional<SourceImage> fetch(ClipId clip, OfxTime time) = 0;
    [[nodiscard]] virtual bool aborted() = 0;
};

/// Where the Python package lives. Its functions throw ofx::Error; no caller knows which kind it
/// holds.
class Runtime {
public:
    virtual ~Runtime() = default;
    [[nodiscard]] virtual EffectId openEffect(std::string_view identifier) = 0;
    /// Fills `out`. Returns what the user should know though all went well, or an empty string.
    /// Throws ofx::Aborted when the host asked to stop.
    [[nodiscard]] virtual std::string process(EffectId effect, const RenderRequest& request,
                                              FrameServer& frames, const ofx::PixelView& out) = 0;
    /// Nothing is fetched for it.
    [[nodiscard]] virtual FramesNeeded framesNeeded(EffectId effect,
                                                    const RenderRequest& request) = 0;
    /// Throws as `process` does.
    [[nodiscard]] virtual RecordBytes analyse(EffectId effect, const RenderRequest& request,
                                              FrameServer& frames) = 0;
    /// Writes what `analyse` gave to `file`, in the place of another analysis.
    [[nodiscard]] virtual SavedAnalysis saveAnalysis(EffectId effect, const std::string& file,
                                                     const std::vector<RecordBytes>& records) = 0;
    /// The answer to an errand: a sentence for the person, then a line NAME=VALUE for each
    /// parameter that is to be set, as the command line writes values and keyframes. Throws as
    /// `process`.
    [[nodiscard]] virtual std::string runErrand(EffectId effect, Errand errand,
                                                const std::string& file,
                                                const RenderRequest& request,
                                                FrameServer& frames) = 0;
    virtual void closeEffect(EffectId effect) noexcept = 0;
    /// In a forked child: lets go of what its parent goes on using. Nothing is asked afterwards.
    virtual void leaveToParent() noexcept {}
};

/// The runtime of this process: chosen, logged and started at the first call, and never ended. A
/// forked child has another than its parent, and effects of its own in it.
/// Throws ofx::Error with a sentence for the artist where no Python can be started.
[[nodiscard]] Runtime& runtime();

}  // namespace evenlight
