// SPDX-License-Identifier: Apache-2.0
// The plug-in's end of a channel against a worker that speaks nonsense: `fuzz_channel MESSAGES
// SEED`. Whatever comes, a question ends with an answer or an exception, in time.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "ofx/error.h"
#include "runtime/worker/channel.h"

namespace {

using evenlight::Descriptor;
using evenlight::LocalSocket;
using namespace evenlight::worker;  // NOLINT: a program of one file

constexpr int kSide = 8;
constexpr std::ptrdiff_t kRow = std::ptrdiff_t{kSide} * 16;
constexpr std::chrono::seconds kHang(30);

struct Pixels {
    std::vector<std::byte> memory = std::vector<std::byte>(kRow * kSide);
    evenlight::ofx::PixelView view{memory.data(), kRow, {0, 0, kSide, kSide}, 4, {}};
    Pixels() { view.depth = evenlight::ofx::Depth::Float; }
};

class Frames final : public evenlight::FrameServer {
public:
    explicit Frames(unsigned seed) : random_(seed) {}
    std::optional<evenlight::SourceImage> fetch(evenlight::ClipId /*clip*/, double time) override {
        if (!(time >= 0 && time < 9)) return std::nullopt;
        if (random_() % 97 == 0) throw evenlight::ofx::Error(kOfxStatFailed, "no image");
        return evenlight::SourceImage{image_.view, "image", false};
    }
    bool aborted() override { return random_() % 997 == 0; }

private:
    std::mt19937 random_;
    Pixels image_;
};

/// The worker: sends messages until its end is closed, right ones now and then.
class Nonsense {
public:
    Nonsense(LocalSocket socket, unsigned seed) : socket_(std::move(socket)), random_(seed) {}

    /// Returns how many were sent.
    long run() {
        long sent = 0;
        const auto most = static_cast<long>(1 + random_() % 64);
        try {
            for (; sent < most; ++sent) send(message());
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it has had enough
        }
        return sent;
    }

private:
    std::string message() {
        static constexpr Operation kOperations[] = {
            Operation::Fetch, Operation::Copy, Operation::Aborted, Operation::Allocate,
            Operation::Free,  Operation::Done, Operation::Prepare, Operation::Reply};
        Writer made(random_() % 20 == 0 ? static_cast<Operation>(random_())
                                        : kOperations[random_() % std::size(kOperations)]);
        const auto fields = random_() % 6;
        for (std::size_t i = 0; i < fields; ++i) putField(made);
        std::string bytes(made.bytes());
        if (random_() % 16 == 0) bytes[random_() % bytes.size()] = static_cast<char>(random_());
        if (random_() % 64 == 0) bytes.resize(random_() % bytes.size() + 1);
        return bytes;
    }
    void putField(Writer& made) {
        switch (random_() % 5) {
            case 0:
                return made.put(static_cast<std::int32_t>(random_() % 4));
            case 1:
                return made.put(static_cast<std::int32_t>(random_()));
            case 2:
                return made.put(static_cast<double>(random_() % 12));
            case 3:
                return made.put(static_cast<std::uint64_t>(random_() % 2048));
            default:
                return made.put(std::string_view("text"));
        }
    }
    void send(const std::string& bytes) {
        for (std::size_t sent = 0; sent < bytes.size();) {
            const std::size_t more = socket_.send(bytes.data() + sent, bytes.size() - sent);
            sent += more;
            if (more == 0) static_cast<void>(socket_.waitForRoom(std::chrono::milliseconds(50)));
        }
        std::string ignored(4096, '\0');  // so that the plug-in is never held up by us
        static_cast<void>(socket_.receive(ignored.data(), ignored.size()));
    }

    LocalSocket socket_;
    std::mt19937 random_;
};

/// One conversation, whatever becomes of it. Returns the number of messages.
long converse(unsigned seed) {
    auto [ours, theirs] = LocalSocket::pair();
    static const volatile std::uint64_t beats[] = {1, 1};
    Channel channel(std::move(ours), Heart{beats, std::chrono::milliseconds(500)});
    long sent = 0;
    std::thread worker([&, socket = LocalSocket(std::move(theirs))]() mutable {
        sent = Nonsense(std::move(socket), seed).run();
    });
    Frames frames(seed);
    const Pixels out;
    try {
        static_cast<void>(channel.process({1, "org.evenlight.any"}, {}, frames, out.view));
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): as it should be
    } catch (...) {
        std::puts("something else than an exception was thrown");
        std::abort();
    }
    worker.join();
    return sent;
}

}  // namespace

int main(int count, char** words) {
    const long wanted = count > 1 ? std::strtol(words[1], nullptr, 10) : 5000;
    auto seed = static_cast<unsigned>(count > 2 ? std::strtol(words[2], nullptr, 10) : 1);
    long sent = 0;
    double longest = 0;
    for (; sent < wanted; ++seed) {
        const auto begin = std::chrono::steady_clock::now();
        sent += converse(seed);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        longest = std::max(longest, took.count());
        if (took > kHang) return std::printf("seed %u took %.1f s\n", seed, took.count()), 1;
    }
    std::printf("%ld messages, the longest conversation %.2f s\n", sent, longest);
    return 0;
}
