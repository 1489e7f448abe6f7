// SPDX-License-Identifier: Apache-2.0
// Between the plug-in and the package's compiled module: plain C structures, since two compilers
// may have built the two, and statuses and texts, since no exception may cross.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evenlight::embedded {

constexpr std::uint32_t kTableVersion = 5;
constexpr const char* kTableFunction = "evenlight_embedded_table";

enum class Status : std::int32_t { Ok = 0, Failed = 1, Memory = 2, Aborted = 3 };

/// Takes a text, or the bytes of a record, that do not outlive the call.
struct Sink {
    void* context;
    void (*put)(void* context, const char* bytes, std::size_t size);
};

struct Bytes {
    const char* data;
    std::size_t size;
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
    std::int32_t left;       // its place in the plane, in pixel coordinates: x of the left edge,
    std::int32_t top;        // and y of the top edge
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

/// evenlight::RenderRequest.
struct Request {
    double time;
    std::int32_t before;
    std::int32_t after;
    std::int32_t originRow;
    std::int32_t originColumn;
    std::int32_t alone;
    const char* encoding;
    const Value* values;
    std::size_t valueCount;
    std::int64_t walk;
    std::int32_t fields;
};

/// Every function but `close` gives the sentence that goes with its status to the sink; with Ok it
/// is what the comment says.
struct Table {
    std::uint32_t version;
    /// Starts Python, or joins the one that runs, and imports the package.
    Status (*start)(const char* executable, const char* const* path, std::size_t pathCount,
                    Sink sink);
    Status (*open)(const char* identifier, std::int64_t* effect, Sink sink);
    /// The notice.
    Status (*process)(std::int64_t effect, const Request* request, const Host* host,
                      const Pixels* out, Sink sink);
    /// Why an analysis does not serve.
    Status (*framesNeeded)(std::int64_t effect, const Request* request, std::int32_t* before,
                           std::int32_t* after, Sink sink);
    /// The record.
    Status (*analyse)(std::int64_t effect, const Request* request, const Host* host, Sink sink);
    /// The digest.
    Status (*saveAnalysis)(std::int64_t effect, const char* file, const Bytes* records,
                           std::size_t recordCount, std::int32_t* frames, Sink sink);
    /// As `Runtime::runErrand`.
    Status (*runErrand)(std::int64_t effect, std::int32_t errand, const char* file,
                        const Request* request, const Host* host, Sink sink);
    void (*close)(std::int64_t effect);
};

using TableFunction = const Table* (*)();

}  // namespace evenlight::embedded
