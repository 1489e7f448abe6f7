// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/channel.h"

#include <algorithm>
#include <system_error>

#include "ofx/error.h"
#include "runtime/worker/copy_rows.h"

namespace evenlight::worker {
namespace {

constexpr std::size_t kPiece = 1U << 20U;  // bytes copied ahead between two looks at the socket
constexpr std::uint32_t kLongestMessage = 1U << 24U;
constexpr std::int32_t kLongestRun = 64;       // images of one question
constexpr std::int32_t kWidestStep = 1 << 20;  // between rows

// How many times the patience each question may take.
constexpr int kToOpen = 6;
constexpr int kToRender = 30;  // from one question of the worker's to the next
constexpr int kToSave = 15;

[[noreturn]] void lose() {
    throw Lost("the connection is closed", Lost::How::Gone);
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
    const DescriptorNumber number = handedOver == nullptr ? -1 : handedOver->number();
    std::size_t count = handedOver == nullptr ? 0 : 1;
    if (owner_ != processId()) lose();  // a forked child must not speak for its parent
    Patience patience(heart_, kToRender * heart_.patience);
    try {
        for (std::size_t sent = 0; sent < bytes.size();) {
            const std::size_t more =
                socket_.send(bytes.data() + sent, bytes.size() - sent, &number, count);
            if (more > 0) count = 0;
            sent += more;
            if (more == 0 && !socket_.waitForRoom(kGlance)) patience.glance();
        }
    } catch (const std::system_error&) {
        lose();
    }
}

/// Waits for the worker's next message.
Reader Channel::receive(FrameServer* frames, Patience& patience) {
    try {
        while (!socket_.waitForBytes(std::chrono::milliseconds(0)) && copySomeAhead(kPiece)) {
        }
        std::uint32_t size = 0;
        read(&size, sizeof size, frames, patience);
        if (size > kLongestMessage) lose();
        std::string bytes(size, '\0');
        read(bytes.data(), size, frames, patience);
        return Reader(std::move(bytes));
    } catch (const std::system_error&) {
        lose();
    }
}

void Channel::read(void* data, std::size_t size, FrameServer* frames, Patience& patience) {
    auto* next = static_cast<char*>(data);
    while (size > 0) {
        const std::size_t got = socket_.receive(next, size);
        next += got;
        size -= got;
        if (got > 0 || socket_.waitForBytes(kGlance)) continue;
        if (frames != nullptr && frames->aborted()) throw ofx::Aborted();
        patience.glance();
    }
}

void Channel::open(const EffectName& effect) {
    Writer message = about(effect, Operation::Open);
    static_cast<void>(ask(message, nullptr, kToOpen * heart_.patience));
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
    largestImage_ = packedSize(out, 1);
    Done done = ask(message, &frames, kToRender * heart_.patience);
    unpackRows(segment(done.rest.take<std::int32_t>(), packedSize(out, 1)), out);
    return std::move(done.text);
}

FramesNeeded Channel::framesNeeded(const EffectName& effect, const RenderRequest& request) {
    Writer message = about(effect, Operation::FramesNeeded);
    putRequest(message, request);
    Done done = ask(message, nullptr, heart_.patience);
    const auto before = done.rest.take<std::int32_t>();
    const auto after = done.rest.take<std::int32_t>();
    return {before, after, std::move(done.text)};
}

RecordBytes Channel::analyse(const EffectName& effect, const RenderRequest& request,
                             FrameServer& frames) {
    Writer message = about(effect, Operation::Analyse);
    putRequest(message, request);
    largestImage_ = 0;
    return ask(message, &frames, kToRender * heart_.patience).text;
}

std::string Channel::runErrand(const EffectName& effect, Errand errand, const std::string& file,
                               const RenderRequest& request, FrameServer& frames) {
    Writer message = about(effect, Operation::RunErrand);
    message.put(errand);
    message.put(std::string_view(file));
    putRequest(message, request);
    largestImage_ = 0;
    return ask(message, &frames, kToSave * heart_.patience).text;
}

SavedAnalysis Channel::saveAnalysis(const EffectName& effect, const std::string& file,
                                    const std::vector<RecordBytes>& records) {
    Writer message = about(effect, Operation::SaveAnalysis);
    message.put(std::string_view(file));
    message.put(static_cast<std::int32_t>(records.size()));
    for (const RecordBytes& record : records) message.put(std::string_view(record));
    Done done = ask(message, nullptr, kToSave * heart_.patience);
    const auto frames = done.rest.take<std::int32_t>();
    return {frames, std::move(done.text)};
}

Channel::Done Channel::ask(Writer& message, FrameServer* frames, std::chrono::milliseconds limit) {
    images_.clear();
    ahead_.reset();
    thrown_ = nullptr;
    idle_ = false;
    send(message);
    return serve(frames, limit);
}

Channel::Done Channel::serve(FrameServer* frames, std::chrono::milliseconds limit) {
    for (;;) {
        Patience patience(heart_, limit);
        Reader message = receive(frames, patience);
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
        this->answer(operation, message, *frames);
    }
}

void Channel::answer(Operation operation, Reader& question, FrameServer& frames) {
    switch (operation) {
        case Operation::Fetch:
            return answerFetch(question, frames);
        case Operation::Copy:
            return answerCopy(question);
        case Operation::Aborted:
            return answerAborted(frames);
        case Operation::Allocate:
            return answerAllocate(question);
        case Operation::Prepare:
            return prepare(question);
        case Operation::Free: {
            const auto number = question.take<std::int32_t>();
            if (ahead_ && ahead_->segment == number) ahead_.reset();
            segments_.erase(number);
            return;
        }
        default:
            lose();
    }
}

/// The image that is asked for, and those after it, since the worker walks that way. What goes
/// wrong with these is not told: the worker asks again if it comes so far.
void Channel::answerFetch(Reader& question, FrameServer& frames) {
    const auto clip = static_cast<ClipId>(question.take<std::int32_t>());
    const auto time = question.take<double>();
    const auto distance = question.take<double>();
    const auto count = question.take<std::int32_t>();
    const bool isKnown = clip == ClipId::Source || clip == ClipId::Mask;
    if (!isKnown || count < 1 || count > kLongestRun) lose();
    Writer message(Operation::Reply);
    for (std::int32_t i = 0; i < count; ++i) {
        const Fetched fetched = fetch(frames, clip, time + i * distance);
        if (i > 0 && (fetched.answer == Answer::Failed || fetched.answer == Answer::Aborted)) break;
        if (fetched.thrown) thrown_ = fetched.thrown;
        message.put(fetched.answer);
        if (!fetched.image) continue;
        putImage(message, images_.size(), *fetched.image);
        largestImage_ = std::max(largestImage_, packedSize(fetched.image->pixels, 1));
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
    if (image >= images_.size()) lose();
    const ofx::PixelView& pixels = images_[image].pixels;
    if (step < 1 || step > kWidestStep) lose();
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
    if (size < 1 || size > largestImage_) lose();  // no more than an image is ever wanted
    try {
        SharedMemory memory(size);
        Writer message = reply(Answer::Ok);
        message.put(nextSegment_);
        send(message, &memory.descriptor());
        memory.closeDescriptor();
        segments_.emplace(nextSegment_++, std::move(memory));
    } catch (const LackOfMemory& error) {
        refuse(error.what());
    } catch (const std::system_error& error) {
        refuse(error.what());
    }
}

void Channel::refuse(const char* reason) {
    Writer message = reply(Answer::Memory);
    message.put(std::string_view(reason));
    send(message);
}

std::byte* Channel::segment(std::int32_t number, std::size_t size) {
    const auto found = segments_.find(number);
    if (found == segments_.end() || found->second.size() < size) lose();
    return found->second.data();
}

}  // namespace evenlight::worker
