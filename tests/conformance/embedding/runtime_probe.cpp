// SPDX-License-Identifier: Apache-2.0
// Renders frames of a file through the runtime of this process and nothing of OpenFX around it.
// Arguments are key=value; `frames` and `out` hold packed images, top row first.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "ofx/error.h"
#include "runtime/runtime.h"

namespace {

using namespace evenlight;  // NOLINT: a program of one file
using Bytes = std::vector<std::byte>;

class Arguments {
public:
    Arguments(int count, char** words) {
        for (int i = 1; i < count; ++i) {
            const std::string word = words[i];
            const std::size_t equals = word.find('=');
            texts_.emplace(word.substr(0, equals), word.substr(equals + 1));
        }
    }
    [[nodiscard]] std::string text(const std::string& key, const std::string& usual) const {
        const auto found = texts_.find(key);
        return found == texts_.end() ? usual : found->second;
    }
    [[nodiscard]] int number(const std::string& key, int usual) const {
        return std::stoi(text(key, std::to_string(usual)));
    }
    [[nodiscard]] std::vector<std::string> all(const std::string& key) const {
        std::vector<std::string> found;
        const auto [first, last] = texts_.equal_range(key);
        for (auto it = first; it != last; ++it) found.push_back(it->second);
        return found;
    }

private:
    std::multimap<std::string, std::string> texts_;
};

/// One image as a host may lay it out in memory.
struct Image {
    Bytes memory;
    ofx::PixelView view;

    Image(const Arguments& arguments, int height, int width) {
        const std::string layout = arguments.text("layout", "plain");
        view.channels = arguments.number("channels", 4);
        view.depth = static_cast<ofx::Depth>(arguments.number("depth", 3));
        if (layout == "offset") view.bounds = {-7, 13, 0, 0};
        view.bounds.x2 = view.bounds.x1 + width;
        view.bounds.y2 = view.bounds.y1 + height;
        view.rowBytes = width * view.pixelBytes() + (layout == "padded" ? 48 : 0);
        memory.resize(static_cast<std::size_t>(height * view.rowBytes), std::byte{0x5A});
        view.data = memory.data();
        if (layout == "downwards") {
            view.data += (height - 1) * view.rowBytes;
            view.rowBytes = -view.rowBytes;
        }
    }

    /// Row `row` from the top.
    [[nodiscard]] std::byte* row(int number) const {
        return view.at(view.bounds.x1, view.bounds.y2 - 1 - number);
    }
    [[nodiscard]] std::size_t rowSize() const {
        return static_cast<std::size_t>(view.width() * view.pixelBytes());
    }
};

std::vector<Image> readFrames(const Arguments& arguments, const std::string& key) {
    std::vector<Image> images;
    std::ifstream file(arguments.text(key, ""), std::ios::binary);
    const int height = arguments.number("height", 1);
    for (;;) {
        Image image(arguments, height, arguments.number("width", 1));
        for (int row = 0; row < height; ++row)
            if (!file.read(reinterpret_cast<char*>(image.row(row)),
                           static_cast<std::streamsize>(image.rowSize())))
                return images;
        images.push_back(std::move(image));
    }
}

class Frames final : public FrameServer {
public:
    Frames(const std::vector<Image>& source, const std::vector<Image>& mask, int abortAfter,
           bool throws)
        : source_(source), mask_(mask), abortAfter_(abortAfter), throws_(throws) {}

    std::optional<SourceImage> fetch(ClipId clip, OfxTime time) override {
        require();
        if (throws_) throw ofx::Error(kOfxStatErrMemory, "the host has no memory");
        const std::vector<Image>& images = clip == ClipId::Source ? source_ : mask_;
        const auto index = static_cast<int>(time);
        if (index < 0 || index >= static_cast<int>(images.size())) return std::nullopt;
        ++fetches;
        return SourceImage{images[static_cast<std::size_t>(index)].view,
                           (clip == ClipId::Source ? "source " : "mask ") + std::to_string(index),
                           index % 2 == 1};
    }
    bool aborted() override {
        require();
        return abortAfter_ >= 0 && asked_++ >= abortAfter_;
    }

    int fetches = 0;

private:
    void require() const {
        if (std::this_thread::get_id() != thread_) {
            std::puts("the host was called on a foreign thread");
            std::abort();
        }
    }

    const std::vector<Image>& source_;
    const std::vector<Image>& mask_;
    int abortAfter_;
    bool throws_;
    int asked_ = 0;
    std::thread::id thread_ = std::this_thread::get_id();
};

/// name:kind:value, with kind one of b i d t s; samples are joined by commas.
std::pair<std::string, ParamValue> valueOf(const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    const std::string value = text.substr(colon + 3);
    switch (text[colon + 1]) {
        case 'b':
            return {name, value == "1"};
        case 'i':
            return {name, std::stoi(value)};
        case 'd':
            return {name, std::stod(value)};
        case 't':
            return {name, value};
        default:
            break;
    }
    std::vector<double> samples;
    std::istringstream stream(value);
    for (std::string sample; std::getline(stream, sample, ',');)
        samples.push_back(std::stod(sample));
    return {name, samples};
}

class Renderer {
public:
    explicit Renderer(const Arguments& arguments)
        : arguments_(arguments),
          source_(readFrames(arguments, "frames")),
          mask_(readFrames(arguments, "mask")) {
        request_.before = arguments.number("before", 0);
        request_.after = arguments.number("after", 0);
        request_.originRow = arguments.number("row", 0);
        request_.originColumn = arguments.number("column", 0);
        request_.fields = static_cast<evenlight::Fields>(arguments.number("fields", 0));
        request_.encoding = arguments.text("encoding", "");
        for (const std::string& text : arguments.all("value"))
            request_.values.push_back(valueOf(text));
    }

    void run() {
        const int threads = arguments_.number("threads", 1);
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i)
            running.emplace_back([this, i, threads] { renderEvery(i, threads); });
        for (std::thread& thread : running) thread.join();
        std::ofstream out(arguments_.text("out", "/dev/null"), std::ios::binary);
        for (const auto& [number, pixels] : rendered_)
            out.write(reinterpret_cast<const char*>(pixels.data()),
                      static_cast<std::streamsize>(pixels.size()));
    }

private:
    void renderEvery(int first, int step) {
        EffectId effect = 0;
        try {
            effect = runtime().openEffect(arguments_.text("effect", ""));
        } catch (const ofx::Error& error) {
            return say(-1, "error " + std::to_string(error.status()) + " " + error.what());
        }
        const auto count = static_cast<int>(source_.size());
        for (int i = first; i < count * arguments_.number("rounds", 1); i += step) {
            render(effect, i % count);
            std::this_thread::sleep_for(std::chrono::milliseconds(arguments_.number("pause", 0)));
        }
        runtime().closeEffect(effect);
    }

    void render(EffectId effect, int time) {
        Image out(arguments_, arguments_.number("outHeight", arguments_.number("height", 1)),
                  arguments_.number("outWidth", arguments_.number("width", 1)));
        RenderRequest request = request_;
        request.time = time;
        Frames frames(source_, mask_, arguments_.number("abortAfter", -1),
                      arguments_.number("throws", 0) == 1);
        const auto start = std::chrono::steady_clock::now();
        try {
            const std::string notice = runtime().process(effect, request, frames, out.view);
            say(time, "ok " + notice, start);
            keep(time, out);
        } catch (const ofx::Aborted&) {
            say(time, "aborted", start);
        } catch (const ofx::Error& error) {
            say(time, "error " + std::to_string(error.status()) + " " + error.what(), start);
        }
    }

    void keep(int time, const Image& image) {
        Bytes pixels;
        for (int row = 0; row < image.view.height(); ++row)
            pixels.insert(pixels.end(), image.row(row), image.row(row) + image.rowSize());
        const std::scoped_lock lock(mutex_);
        rendered_[time] = std::move(pixels);
    }

    void say(int time, const std::string& text,
             std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now()) {
        const auto spent = std::chrono::steady_clock::now() - start;
        const std::scoped_lock lock(mutex_);
        std::printf("%d %.2f %s\n", time, std::chrono::duration<double, std::milli>(spent).count(),
                    text.c_str());
        std::fflush(stdout);
    }

    const Arguments& arguments_;
    std::vector<Image> source_;
    std::vector<Image> mask_;
    RenderRequest request_;
    std::mutex mutex_;
    std::map<int, Bytes> rendered_;
};

/// What copying a frame once costs here: the measure that times are held against.
double copyMilliseconds(const Arguments& arguments) {
    const Image from(arguments, arguments.number("height", 1), arguments.number("width", 1));
    Image to(arguments, arguments.number("height", 1), arguments.number("width", 1));
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        std::memcpy(to.memory.data(), from.memory.data(), from.memory.size());
        const auto spent = std::chrono::steady_clock::now() - start;
        best = std::min(best, std::chrono::duration<double, std::milli>(spent).count());
    }
    return best;
}

}  // namespace

int main(int count, char** words) {
    const Arguments arguments(count, words);
    Renderer(arguments).run();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("copy %.2f peak %ld\n", copyMilliseconds(arguments), usage.ru_maxrss / 1024);
    return 0;
}
