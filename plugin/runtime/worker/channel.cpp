// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/channel.h"

#include <algorithm>
#include <system_error>

#include "ofx/error.h"
#include "runtime/worker/copy_rows.h"

namespace evenlight::worker {
namespace {

constexpr std::chrono::milliseconds kGlance(50);  // how often a waiting thread looks up
constexpr std::size_t kPiece = 1U << 20U;  // bytes copied ahead between two looks at the socket
constexpr std::uint32_t kLongestMessage = 1U << 24U;

[[noreturn]] void lose() {
    throw Lost("the connection is closed", false);
}

Writer about(const EffectName& effect, Operation operation) {
    Writer message(operation);
    message.put(effect.id);
    message.put(std::string_view(effect.identifier));
    return message;
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
        while (!socket_.waitForBytes(std::chrono::milliseconds(0)) && copySomeAhead(kPiece)) {
        }
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
    Writer message = about(effect, Operation::Open);
    static_cast<void>(ask(message, nullptr));
}

void Channel::close(EffectId effect) {
    Writer message(Operation::Close);
    message.put(effect);
    send(message);
}

std::string Channel::process(const EffectName& effect, const RenderRequest& request,
                             FrameServer& frames, const ofx::PixelView& out) {
    Writer message = about(effect, Operation::Process);
    putLayout(message, out);
    putRequest(message, request);
    Done done = ask(message, &frames);
    unpackRows(segment(done.rest.take<std::int32_t>(), packedSize(out, 1)), out);
    return std::move(done.text);
}

FramesNeeded Channel::framesNeeded(const EffectName& effect, const RenderRequest& request) {
    Writer message = about(effect, Operation::FramesNeeded);
    putRequest(message, request);
    Done done = ask(message, nullptr);
    const auto before = done.rest.take<std::int32_t>();
    const auto after = done.rest.take<std::int32_t>();
    return {before, after, std::move(done.text)};
}

RecordBytes Channel::analyse(const EffectName& effect, const RenderRequest& request,
                             FrameServer& frames) {
    Writer message = about(effect, Operation::Analyse);
    putRequest(message, request);
    return ask(message, &frames).text;
}

SavedAnalysis Channel::saveAnalysis(const EffectName& effect, const std::string& file,
                                    const std::vector<RecordBytes>& records) {
    Writer message = about(effect, Operation::SaveAnalysis);
    message.put(std::string_view(file));
    message.put(static_cast<std::int32_t>(records.size()));
    for (const RecordBytes& record : records) message.put(std::string_view(record));
    Done done = ask(message, nullptr);
    const auto frames = done.rest.take<std::int32_t>();
    return {frames, std::move(done.text)};
}

Channel::Done Channel::ask(Writer& message, FrameServer* frames) {
    images_.clear();
    ahead_.reset();
    thrown_ = nullptr;
    idle_ = false;
    send(message);
    return serve(frames);
}

Channel::Done Channel::serve(FrameServer* frames) {
    for (;;) {
        Reader message = receive(frames);
        const auto operation = message.take<Operation>();
        if (operation == Operation::Done) {
            const auto answer = message.take<Answer>();
            std::string text = message.takeText();
            idle_ = true;
            if (thrown_) std::rethrow_exception(thrown_);
            if (answer == Answer::Ok) return {std::move(text), std::move(message)};
            if (answer == Answer::Aborted) throw ofx::Aborted();
            throw ofx::Error(answer == Answer::Memory ? kOfxStatErrMemory : kOfxStatFailed, text);
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
            case Operation::Prepare:
                prepare(message);
                break;
            case Operation::Free:
                segments_.erase(message.take<std::int32_t>());
                break;
            default:
                lose();
        }
    }
}

/// The image that is asked for, and those after it, since the worker walks that way. What goes
/// wrong with these is not told: the worker asks again if it comes so far.
void Channel::answerFetch(Reader& question, FrameServer& frames) {
    const auto clip = static_cast<ClipId>(question.take<std::int32_t>());
    const auto time = question.take<double>();
    const auto distance = question.take<double>();
    const auto count = question.take<std::int32_t>();
    Writer message(Operation::Reply);
    for (std::int32_t i = 0; i < count; ++i) {
        const Fetched fetched = fetch(frames, clip, time + i * distance);
        if (i > 0 && (fetched.answer == Answer::Failed || fetched.answer == Answer::Aborted)) break;
        if (fetched.thrown) thrown_ = fetched.thrown;
        message.put(fetched.answer);
        if (!fetched.image) continue;
        putImage(message, images_.size(), *fetched.image);
        images_.push_back(*fetched.image);
    }
    send(message);
}

Channel::Fetched Channel::fetch(FrameServer& frames, ClipId clip, OfxTime time) {
    try {
        if (frames.aborted()) return {Answer::Aborted, std::nullopt, nullptr};
        std::optional<SourceImage> image = frames.fetch(clip, time);
        const Answer answer = image ? Answer::Ok : Answer::Absent;
        return {answer, std::move(image), nullptr};
    } catch (const ofx::Aborted&) {
        return {Answer::Aborted, std::nullopt, nullptr};
    } catch (...) {
        return {Answer::Failed, std::nullopt, std::current_exception()};
    }
}

void Channel::prepare(Reader& message) {
    const auto image = static_cast<std::size_t>(message.take<std::int32_t>());
    const auto number = message.take<std::int32_t>();
    if (image >= images_.size()) lose();
    const ofx::PixelView& pixels = images_[image].pixels;
    ahead_ = Ahead{pixels, segment(number, packedSize(pixels, 1)), number, 0};
}

/// Returns whether there may be more to copy.
bool Channel::copySomeAhead(std::size_t bytes) {
    if (!ahead_) return false;
    const auto height = static_cast<std::size_t>(ahead_->pixels.height());
    const std::size_t rows = 1 + bytes * height / (packedSize(ahead_->pixels, 1) + 1);
    const std::size_t count = std::min(rows, height - ahead_->row);
    packRows(ahead_->pixels, ahead_->row, count, ahead_->packed);
    ahead_->row += count;
    return ahead_->row < height;
}

void Channel::answerCopy(Reader& question) {
    const auto image = static_cast<std::size_t>(question.take<std::int32_t>());
    const auto step = question.take<std::int32_t>();
    const auto number = question.take<std::int32_t>();
    if (image >= images_.size() || step < 1) lose();
    const ofx::PixelView& pixels = images_[image].pixels;
    std::byte* packed = segment(number, packedSize(pixels, step));
    if (ahead_ && ahead_->segment == number) {
        while (copySomeAhead(kPiece)) {
        }
    } else if (step == 1) {
        packRows(pixels, 0, static_cast<std::size_t>(pixels.height()), packed);
    } else {
        packEvery(pixels, step, packed);
    }
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
