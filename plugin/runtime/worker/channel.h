// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/platform/local_socket.h"
#include "runtime/platform/process_mutex.h"
#include "runtime/platform/shared_memory.h"
#include "runtime/runtime.h"
#include "runtime/worker/message.h"
#include "runtime/worker/patience.h"

namespace evenlight::worker {

/// An effect, named so that a worker that was started since can open it.
struct EffectName {
    EffectId id;
    std::string identifier;
};

/// One conversation with the worker at a time: a socket, and memory for the frames that cross. The
/// render thread answers here while it waits. One that threw is of no more use.
class Channel {
public:
    Channel(LocalSocket socket, Heart heart) : socket_(std::move(socket)), heart_(heart) {}

    /// These throw ofx::Error with the worker's sentence, ofx::Aborted, what the host threw, or
    /// Lost.
    void open(const EffectName& effect);
    [[nodiscard]] std::string process(const EffectName& effect, const RenderRequest& request,
                                      FrameServer& frames, const ofx::PixelView& out);
    [[nodiscard]] FramesNeeded framesNeeded(const EffectName& effect, const RenderRequest& request);
    [[nodiscard]] std::string runErrand(const EffectName& effect, Errand errand,
                                        const std::string& file, const RenderRequest& request,
                                        FrameServer& frames);
    [[nodiscard]] RecordBytes analyse(const EffectName& effect, const RenderRequest& request,
                                      FrameServer& frames);
    [[nodiscard]] SavedAnalysis saveAnalysis(const EffectName& effect, const std::string& file,
                                             const std::vector<RecordBytes>& records);
    void close(EffectId effect);

    /// Whether the worker has finished what it was last asked, so that it may be asked again.
    [[nodiscard]] bool isIdle() const { return idle_; }

private:
    /// The frame that is copied while the worker thinks, since it will be asked for.
    struct Ahead {
        ofx::PixelView pixels;
        std::byte* packed;
        std::int32_t segment;
        std::size_t row;  // the next to be copied
    };
    struct Fetched {
        Answer answer;
        std::optional<SourceImage> image;
        std::exception_ptr thrown;
    };
    struct Done {
        std::string text;  // or bytes
        Reader rest;       // the numbers after it
    };

    /// `limit` is how long the worker may be at it without asking anything back.
    [[nodiscard]] Done ask(Writer& message, FrameServer* frames, std::chrono::milliseconds limit);
    void send(Writer& message, const Descriptor* handedOver = nullptr);
    [[nodiscard]] Reader receive(FrameServer* frames, Patience& patience);
    void read(void* data, std::size_t size, FrameServer* frames, Patience& patience);
    [[nodiscard]] Done serve(FrameServer* frames, std::chrono::milliseconds limit);
    void answer(Operation operation, Reader& question, FrameServer& frames);
    void answerFetch(Reader& question, FrameServer& frames);
    [[nodiscard]] static Fetched fetch(FrameServer& frames, ClipId clip, OfxTime time);
    void prepare(Reader& message);
    bool copySomeAhead(std::size_t bytes);
    void answerCopy(Reader& question);
    void answerAborted(FrameServer& frames);
    void answerAllocate(Reader& question);
    void refuse(const char* reason);
    [[nodiscard]] std::byte* segment(std::int32_t number, std::size_t size);

    LocalSocket socket_;
    Heart heart_;
    std::map<std::int32_t, SharedMemory> segments_;
    std::int32_t nextSegment_ = 0;
    std::vector<SourceImage> images_;  // fetched during this render
    std::exception_ptr thrown_;        // by the host during this render
    std::optional<Ahead> ahead_;
    std::size_t largestImage_ = 0;  // in bytes, of this render
    int owner_ = processId();
    bool idle_ = true;
};

}  // namespace evenlight::worker
