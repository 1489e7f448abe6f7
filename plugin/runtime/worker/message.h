// SPDX-License-Identifier: Apache-2.0
// What travels between the plug-in and python/evenlight/worker: a length, an operation, and its
// fields one after the other, in the machine's own byte order.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/runtime.h"

namespace evenlight::worker {

enum class Operation : std::uint32_t {
    // plug-in to worker
    Open = 1,          // effect, identifier → Done
    Process = 2,       // effect, layout, request → any of the worker's, then Done with segment
    Close = 3,         // effect
    Reply = 4,         // to the worker's Fetch, Copy, Aborted, Allocate
    FramesNeeded = 5,  // effect, request → Done with before, after
    Analyse = 6,       // effect, request → any of the worker's, then Done
    SaveAnalysis = 7,  // effect, file, count, records → Done with frames
    RunErrand = 8,     // effect, errand, file, request → any of the worker's, then Done
    // worker to plug-in
    Fetch = 16,     // clip, time, distance to the next, count → answer, see putImage; for each
    Copy = 17,      // image, step between rows, segment → answer
    Aborted = 18,   // → answer, yes
    Allocate = 19,  // bytes → answer, segment, and its descriptor
    Free = 20,      // segment
    Done = 21,      // answer; the text or bytes that Runtime answers with; numbers as above
    Prepare = 22,   // image, segment: all its rows will be asked for
};

enum class Answer : std::int32_t { Ok = 0, Failed = 1, Memory = 2, Aborted = 3, Absent = 4 };

/// The worker cannot be counted on any more.
class Lost : public std::runtime_error {
public:
    enum class How {
        Gone,    // or it speaks nonsense
        Silent,  // it shows no sign of life
        Late,    // it lives, and a question has had no answer for longer than any takes
    };
    Lost(const char* what, How how) : std::runtime_error(what), how_(how) {}
    [[nodiscard]] How how() const { return how_; }

private:
    How how_;
};

class Writer {
public:
    explicit Writer(Operation operation);

    template <class T>
    void put(T value) {
        static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void put(std::string_view text);

    /// The whole message, its length filled in.
    [[nodiscard]] std::string_view bytes();

private:
    std::string bytes_;
};

class Reader {
public:
    explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}

    template <class T>
    [[nodiscard]] T take() {
        static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
        T value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    [[nodiscard]] std::string takeText();

private:
    [[nodiscard]] const char* take(std::size_t size);

    std::string bytes_;
    std::size_t position_ = 0;
};

/// A view's height, width, channels, depth, and whether its rows lie upwards in memory.
void putLayout(Writer& message, const ofx::PixelView& view);
void putRequest(Writer& message, const RenderRequest& request);
/// Its number, its layout and place in the plane, and what the host says of it.
void putImage(Writer& message, std::size_t number, const SourceImage& image);

}  // namespace evenlight::worker
