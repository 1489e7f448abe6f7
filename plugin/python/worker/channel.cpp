// SPDX-License-Identifier: Apache-2.0
#include "python/worker/channel.h"

#include <system_error>

#include "ofx/error.h"
#include "python/worker/copy_rows.h"

namespace evenlight::worker {
namespace {

constexpr std::chrono::milliseconds kGlance(50);  // how often a waiting thread looks up
constexpr std::uint32_t kLongestMessage = 1U << 24U;

[[noreturn]] void lose() {
    throw Lost("the connection is closed", false);
}

Writer reply(Answer answer) {
    Writer message(Operation::Reply);
    message.put(answer);
    return message;
}

}  // namespace

void Channel::send(Writer& message, const Descriptor* handedOver) {
    const std::string_view bytes = message.bytes();
    const int number = handedOver == nullptr ? -1 : handedOver->number();
    try {
        socket_.send(bytes.data(), bytes.size(), &number, handedOver == nullptr ? 0 : 1);
    } catch (const std::system_error&) {
        lose();
    }
}

/// Waits for the worker's next message. Silence is counted in glances, not by the clock: a host
/// that was stopped, or a laptop that slept, must not take that for the worker's.
Reader Channel::receive(FrameServer* frames) {
    std::uint64_t beats = *heart_.beats;
    std::chrono::milliseconds silence(0);
    try {
        while (!socket_.waitForBytes(kGlance)) {
            if (frames != nullptr && frames->aborted()) throw ofx::Aborted();
            silence = *heart_.beats == beats ? silence + kGlance : std::chrono::milliseconds(0);
            beats = *heart_.beats;
            if (silence >= heart_.patience) throw Lost("no sign of life", true);
        }
        std::uint32_t size = 0;
        socket_.receive(&size, sizeof size);
        if (size > kLongestMessage) lose();
        std::string bytes(size, '\0');
        socket_.receive(bytes.data(), size);
        return Reader(std::move(bytes));
    } catch (const std::system_error&) {
        lose();
    }
}

void Channel::open(const EffectName& effect) {
    Writer message(Operation::Open);
    message.put(effect.id);
    message.put(std::string_view(effect.identifier));
    idle_ = false;
    send(message);
    static_cast<void>(serve(nullptr));
}

void Channel::close(EffectId effect) {
    Writer message(Operation::Close);
    message.put(effect);
    send(message);
}

std::string Channel::process(const EffectName& effect, const RenderRequest& request,
                             FrameServer& frames, const ofx::PixelView& out) {
    images_.clear();
    thrown_ = nullptr;
    Writer message(Operation::Process);
    message.put(effect.id);
    message.put(std::string_view(effect.identifier));
    putLayout(message, out);
    putRequest(message, request);
    idle_ = false;
    send(message);
    const Done done = serve(&frames);
    unpackRows(segment(done.segment, packedSize(out, 1)), out);
    return done.text;
}

Channel::Done Channel::serve(FrameServer* frames) {
    for (;;) {
        Reader message = receive(frames);
        const auto operation = message.take<Operation>();
        if (operation == Operation::Done) {
            const auto answer = message.take<Answer>();
            Done done{message.takeText(), message.take<std::int32_t>()};
            idle_ = true;
            if (thrown_) std::rethrow_exception(thrown_);
            if (answer == Answer::Ok) return done;
            if (answer == Answer::Aborted) throw ofx::Aborted();
            throw ofx::Error(answer == Answer::Memory ? kOfxStatErrMemory : kOfxStatFailed,
                             done.text);
        }
        if (frames == nullptr) lose();
        switch (operation) {
            case Operation::Fetch:
                answerFetch(message, *frames);
                break;
            case Operation::Copy:
                answerCopy(message);
                break;
            case Operation::Aborted:
                answerAborted(*frames);
                break;
            case Operation::Allocate:
                answerAllocate(message);
                break;
            case Operation::Free:
                segments_.erase(message.take<std::int32_t>());
                break;
            default:
                lose();
        }
    }
}

void Channel::answerFetch(Reader& question, FrameServer& frames) {
    const auto clip = static_cast<Clip>(question.take<std::int32_t>());
    const auto time = question.take<double>();
    Writer message = reply(Answer::Absent);
    try {
        if (frames.aborted()) throw ofx::Aborted();
        if (std::optional<SourceImage> image = frames.fetch(clip, time)) {
            message = reply(Answer::Ok);
            message.put(static_cast<std::int32_t>(images_.size()));
            putLayout(message, image->pixels);
            message.put(static_cast<std::int32_t>(image->premultiplied ? 1 : 0));
            message.put(std::string_view(image->identifier));
            images_.push_back(std::move(*image));
        }
    } catch (const ofx::Aborted&) {
        message = reply(Answer::Aborted);
    } catch (...) {
        thrown_ = std::current_exception();
        message = reply(Answer::Failed);
    }
    send(message);
}

void Channel::answerCopy(Reader& question) {
    const auto image = static_cast<std::size_t>(question.take<std::int32_t>());
    const auto step = question.take<std::int32_t>();
    const auto number = question.take<std::int32_t>();
    if (image >= images_.size() || step < 1) lose();
    const ofx::PixelView& pixels = images_[image].pixels;
    packRows(pixels, step, segment(number, packedSize(pixels, step)));
    Writer message = reply(Answer::Ok);
    send(message);
}

void Channel::answerAborted(FrameServer& frames) {
    Writer message = reply(Answer::Ok);
    message.put(static_cast<std::int32_t>(frames.aborted() ? 1 : 0));
    send(message);
}

void Channel::answerAllocate(Reader& question) {
    const auto size = question.take<std::uint64_t>();
    try {
        SharedMemory memory(size);
        Writer message = reply(Answer::Ok);
        message.put(nextSegment_);
        send(message, &memory.descriptor());
        memory.closeDescriptor();
        segments_.emplace(nextSegment_++, std::move(memory));
    } catch (const std::system_error&) {
        Writer message = reply(Answer::Memory);
        send(message);
    }
}

std::byte* Channel::segment(std::int32_t number, std::size_t size) {
    const auto found = segments_.find(number);
    if (found == segments_.end() || found->second.size() < size) lose();
    return found->second.data();
}

}  // namespace evenlight::worker
