// SPDX-License-Identifier: Apache-2.0
// Between the plug-in and the package's compiled module: plain C structures, since two compilers
// may have built the two, and statuses and texts, since no exception may cross.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evenlight::embedded {

constexpr std::uint32_t kTableVersion = 2;
constexpr const char* kTableFunction = "evenlight_embedded_table";

enum class Status : std::int32_t { Ok = 0, Failed = 1, Memory = 2, Aborted = 3 };

/// Takes a text that does not outlive the call.
struct TextSink {
    void* context;
    void (*put)(void* context, const char* text, std::size_t size);
};

/// Rows run downwards from `top`; rowBytes may be negative.
struct Pixels {
    void* top;
    std::ptrdiff_t rowBytes;
    std::int32_t height;
    std::int32_t width;
    std::int32_t channels;
    std::int32_t depth;  // ofx::Depth
};

struct Image {
    Pixels pixels;
    const char* identifier;  // never null; lives as long as the pixels
    std::int32_t premultiplied;
    std::int32_t present;  // 0: the clip has no image then
};

/// What Python may ask of the host; called without the GIL on the thread that called `process`.
struct Host {
    void* context;
    Status (*fetch)(void* context, std::int32_t clip, double time, Image* image);
    Status (*aborted)(void* context, std::int32_t* yes);
};

enum class ValueKind : std::int32_t { Boolean, Integer, Double, Text, Samples };

struct Value {
    const char* name;
    ValueKind kind;
    double number;          // Boolean, Integer, Double
    const char* text;       // Text
    const double* samples;  // Samples: offsets -before .. +after
    std::size_t sampleCount;
};

struct Call {
    std::int64_t effect;
    double time;
    std::int32_t before;
    std::int32_t after;
    std::int32_t originRow;
    std::int32_t originColumn;
    std::int32_t alone;
    const char* encoding;
    const Value* values;
    std::size_t valueCount;
    Host host;
    Pixels out;  // of `process` only
};

/// Every function but `close` gives the sentence that goes with its status to the sink.
struct Table {
    std::uint32_t version;
    /// Starts Python, or joins the one that runs, and imports the package.
    Status (*start)(const char* executable, const char* const* path, std::size_t pathCount,
                    TextSink sink);
    Status (*open)(const char* identifier, std::int64_t* effect, TextSink sink);
    Status (*process)(const Call* call, TextSink sink);  // with Ok: the notice
    Status (*answer)(const Call* call, std::int32_t question, TextSink sink);  // Question's number
    void (*close)(std::int64_t effect);
};

using TableFunction = const Table* (*)();

}  // namespace evenlight::embedded
