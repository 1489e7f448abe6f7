// SPDX-License-Identifier: Apache-2.0
#include "runtime/embedded/embedded_runtime.h"

#include <exception>
#include <list>
#include <stdexcept>
#include <type_traits>

#include "ofx/error.h"
#include "runtime/embedded/table.h"
#include "runtime/platform/loaded_python.h"
#include "runtime/platform/shared_library.h"

namespace evenlight {
namespace {

using embedded::Status;

embedded::Sink sinkTo(std::string& text) {
    return {&text, [](void* context, const char* data, std::size_t size) {
                static_cast<std::string*>(context)->assign(data, size);
            }};
}

void check(Status status, const std::string& text) {
    switch (status) {
        case Status::Ok:
            return;
        case Status::Aborted:
            throw ofx::Aborted();
        case Status::Memory:
            throw ofx::Error(kOfxStatErrMemory, text);
        case Status::Failed:
            throw ofx::Error(kOfxStatFailed, text);
    }
}

embedded::Pixels downwards(const ofx::PixelView& view) {
    return {view.at(view.bounds.x1, view.bounds.y2 - 1),
            -view.rowBytes,
            view.height(),
            view.width(),
            view.channels,
            static_cast<std::int32_t>(view.depth)};
}

/// The host as Python sees it during one `process`. What the host throws waits here until Python
/// has been left.
class HostOfCall {
public:
    explicit HostOfCall(FrameServer& frames) : frames_(frames) {}

    [[nodiscard]] embedded::Host table() {
        return {this,
                [](void* self, std::int32_t clip, double time, embedded::Image* image) {
                    return static_cast<HostOfCall*>(self)->fetch(clip, time, *image);
                },
                [](void* self, std::int32_t* yes) {
                    return static_cast<HostOfCall*>(self)->aborted(*yes);
                }};
    }

    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    Status fetch(std::int32_t clip, double time, embedded::Image& image) noexcept {
        return guarded([&] {
            if (frames_.aborted()) throw ofx::Aborted();
            std::optional<SourceImage> source = frames_.fetch(static_cast<ClipId>(clip), time);
            image = {};
            if (!source) return;
            identifiers_.push_back(std::move(source->identifier));
            const OfxRectI& bounds = source->pixels.bounds;
            image = {
                downwards(source->pixels),     bounds.x1, bounds.y2, identifiers_.back().c_str(),
                source->premultiplied ? 1 : 0, 1};
        });
    }

    Status aborted(std::int32_t& yes) noexcept {
        return guarded([&] { yes = frames_.aborted() ? 1 : 0; });
    }

    template <class Body>
    Status guarded(Body&& body) noexcept {
        try {
            body();
            return Status::Ok;
        } catch (const ofx::Aborted&) {
            return Status::Aborted;
        } catch (...) {
            thrown_ = std::current_exception();
            return Status::Failed;
        }
    }

    FrameServer& frames_;
    std::list<std::string> identifiers_;
    std::exception_ptr thrown_;
};

embedded::Value valueOf(const std::string& name, const ParamValue& value) {
    using embedded::ValueKind;
    embedded::Value result{name.c_str(), ValueKind::Double, 0, "", nullptr, 0};
    std::visit(
        [&](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::string>) {
                result.kind = ValueKind::Text;
                result.text = held.c_str();
            } else if constexpr (std::is_same_v<Held, std::vector<double>>) {
                result.kind = ValueKind::Samples;
                result.samples = held.data();
                result.sampleCount = held.size();
            } else {
                if constexpr (std::is_same_v<Held, bool>) result.kind = ValueKind::Boolean;
                if constexpr (std::is_same_v<Held, int>) result.kind = ValueKind::Integer;
                result.number = static_cast<double>(held);
            }
        },
        value);
    return result;
}

/// A request in the table's shape; it points into the one that it was made of.
class TableRequest {
public:
    explicit TableRequest(const RenderRequest& request) {
        values_.reserve(request.values.size());
        for (const auto& [name, value] : request.values) values_.push_back(valueOf(name, value));
        table_ = {request.time,
                  request.before,
                  request.after,
                  request.originRow,
                  request.originColumn,
                  request.alone ? 1 : 0,
                  request.encoding.c_str(),
                  values_.data(),
                  values_.size(),
                  request.walk,
                  static_cast<std::int32_t>(request.fields)};
    }
    TableRequest(const TableRequest&) = delete;
    TableRequest& operator=(const TableRequest&) = delete;
    ~TableRequest() = default;

    [[nodiscard]] const embedded::Request* get() const { return &table_; }

private:
    std::vector<embedded::Value> values_;
    embedded::Request table_{};
};

class EmbeddedRuntime final : public Runtime {
public:
    explicit EmbeddedRuntime(const embedded::Table& python) : python_(python) {}

    EffectId openEffect(std::string_view identifier) override {
        EffectId effect = 0;
        std::string text;
        check(python_.open(std::string(identifier).c_str(), &effect, sinkTo(text)), text);
        return effect;
    }

    std::string process(EffectId effect, const RenderRequest& request, FrameServer& frames,
                        const ofx::PixelView& out) override {
        const embedded::Pixels pixels = downwards(out);
        return withHost(frames, [&](const embedded::Host& host, embedded::Sink sink) {
            return python_.process(effect, TableRequest(request).get(), &host, &pixels, sink);
        });
    }

    FramesNeeded framesNeeded(EffectId effect, const RenderRequest& request) override {
        FramesNeeded needed;
        check(python_.framesNeeded(effect, TableRequest(request).get(), &needed.before,
                                   &needed.after, sinkTo(needed.reason)),
              needed.reason);
        return needed;
    }

    RecordBytes analyse(EffectId effect, const RenderRequest& request,
                        FrameServer& frames) override {
        return withHost(frames, [&](const embedded::Host& host, embedded::Sink sink) {
            return python_.analyse(effect, TableRequest(request).get(), &host, sink);
        });
    }

    SavedAnalysis saveAnalysis(EffectId effect, const std::string& file,
                               const std::vector<RecordBytes>& records) override {
        std::vector<embedded::Bytes> bytes;
        bytes.reserve(records.size());
        for (const RecordBytes& record : records) bytes.push_back({record.data(), record.size()});
        SavedAnalysis saved;
        check(python_.saveAnalysis(effect, file.c_str(), bytes.data(), bytes.size(), &saved.frames,
                                   sinkTo(saved.digest)),
              saved.digest);
        return saved;
    }

    std::string runErrand(EffectId effect, Errand errand, const std::string& file,
                          const RenderRequest& request, FrameServer& frames) override {
        return withHost(frames, [&](const embedded::Host& host, embedded::Sink sink) {
            return python_.runErrand(effect, static_cast<std::int32_t>(errand), file.c_str(),
                                     TableRequest(request).get(), &host, sink);
        });
    }

    void closeEffect(EffectId effect) noexcept override { python_.close(effect); }

private:
    template <class Body>
    static std::string withHost(FrameServer& frames, const Body& body) {
        HostOfCall host(frames);
        std::string text;
        const Status status = body(host.table(), sinkTo(text));
        host.rethrow();
        check(status, text);
        return text;
    }

    const embedded::Table& python_;
};

}  // namespace

std::unique_ptr<Runtime> makeEmbeddedRuntime(const Interpreter& python) {
    if (const auto loaded = loadedPython()) {
        if (loaded->version != python.version)
            throw std::runtime_error("the host runs Python " + loaded->version +
                                     " and Evenlight's is " + python.version);
        if (!loaded->library.empty()) openLibrary(loaded->library, Symbols::Global);
    } else {
        if (python.library.empty())
            throw std::runtime_error(python.executable.string() + " has no shared libpython");
        openLibrary(python.library, Symbols::Global);
    }
    if (python.embedded.empty())
        throw std::runtime_error("the package lacks its compiled module evenlight._embedded");
    void* module = openLibrary(python.embedded, Symbols::Local);
    void* function = symbolOf(module, embedded::kTableFunction);
    const embedded::Table& table = *reinterpret_cast<embedded::TableFunction>(function)();
    if (table.version != embedded::kTableVersion)
        throw std::runtime_error("the package's compiled module is of another version");
    std::vector<const char*> path;
    path.reserve(python.path.size());
    for (const std::string& entry : python.path) path.push_back(entry.c_str());
    std::string text;
    const std::string executable = python.executable.string();
    check(table.start(executable.c_str(), path.data(), path.size(), sinkTo(text)), text);
    return std::make_unique<EmbeddedRuntime>(table);
}

}  // namespace evenlight
