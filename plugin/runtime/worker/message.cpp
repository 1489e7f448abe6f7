// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/message.h"

namespace evenlight::worker {
namespace {

/// Which alternative of ParamValue follows; worker/channel.py names them in the same order.
struct PutValue {
    Writer& message;
    void operator()(bool value) const {
        message.put('b');
        message.put(static_cast<std::int32_t>(value));
    }
    void operator()(int value) const {
        message.put('i');
        message.put(static_cast<std::int32_t>(value));
    }
    void operator()(double value) const {
        message.put('d');
        message.put(value);
    }
    void operator()(const std::string& value) const {
        message.put('t');
        message.put(std::string_view(value));
    }
    void operator()(const std::vector<double>& values) const {
        message.put('s');
        message.put(static_cast<std::int32_t>(values.size()));
        for (const double value : values) message.put(value);
    }
};

}  // namespace

Writer::Writer(Operation operation) {
    put(std::uint32_t{0});
    put(operation);
}

void Writer::put(std::string_view text) {
    put(static_cast<std::int32_t>(text.size()));
    bytes_.append(text);
}

std::string_view Writer::bytes() {
    const auto size = static_cast<std::uint32_t>(bytes_.size() - sizeof(std::uint32_t));
    std::memcpy(bytes_.data(), &size, sizeof size);
    return bytes_;
}

std::string Reader::takeText() {
    const auto size = static_cast<std::size_t>(take<std::uint32_t>());
    return {take(size), size};
}

const char* Reader::take(std::size_t size) {
    if (bytes_.size() - position_ < size) throw Lost("a message is too short", Lost::How::Gone);
    const char* first = bytes_.data() + position_;
    position_ += size;
    return first;
}

void putLayout(Writer& message, const ofx::PixelView& view) {
    message.put(static_cast<std::int32_t>(view.height()));
    message.put(static_cast<std::int32_t>(view.width()));
    message.put(static_cast<std::int32_t>(view.channels));
    message.put(static_cast<std::int32_t>(view.depth));
    message.put(static_cast<std::int32_t>(view.rowBytes > 0 ? 1 : 0));
}

void putRequest(Writer& message, const RenderRequest& request) {
    message.put(request.time);
    for (const int number :
         {request.before, request.after, request.originRow, request.originColumn})
        message.put(static_cast<std::int32_t>(number));
    message.put(static_cast<std::int32_t>(request.alone ? 1 : 0));
    message.put(std::string_view(request.encoding));
    message.put(static_cast<std::int32_t>(request.values.size()));
    for (const auto& [name, value] : request.values) {
        message.put(std::string_view(name));
        std::visit(PutValue{message}, value);
    }
    message.put(request.walk);
    message.put(static_cast<std::int32_t>(request.fields));
}

void putImage(Writer& message, std::size_t number, const SourceImage& image) {
    message.put(static_cast<std::int32_t>(number));
    putLayout(message, image.pixels);
    message.put(static_cast<std::int32_t>(image.pixels.bounds.x1));
    message.put(static_cast<std::int32_t>(image.pixels.bounds.y2));
    message.put(static_cast<std::int32_t>(image.premultiplied ? 1 : 0));
    message.put(std::string_view(image.identifier));
}

}  // namespace evenlight::worker
