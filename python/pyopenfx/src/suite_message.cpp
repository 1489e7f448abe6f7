// SPDX-License-Identifier: Apache-2.0
// Messages, progress and the timeline: what a plug-in tells the person, and where that person is.
#include <cstdarg>
#include <cstdio>

#include "call.h"

namespace pyopenfx {
namespace {

std::string formatted(const char* format, std::va_list arguments) {
    std::va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length < 0) return format;
    std::string text(static_cast<std::size_t>(length) + 1, '\0');
    std::vsnprintf(text.data(), text.size(), format, arguments);
    text.pop_back();
    return text;
}

/// The effect that a message is about; a message with a null handle is about the call's.
std::shared_ptr<Effect> subject(void* handle, const char* function) {
    if (handle) return resolve<Effect>(handle, Kind::Effect, function);
    const Call* call = Call::current();
    return call ? call->effect() : nullptr;
}

OfxStatus post(void* handle, const char* type, const char* id, const char* format,
               std::va_list arguments, bool persistent, const char* function) {
    if (!given(type, "messageType", function) || !given(format, "format", function)) {
        return kOfxStatFailed;
    }
    const auto effect = subject(handle, function);
    if (!effect) return handle ? kOfxStatErrBadHandle : kOfxStatFailed;
    effect->post({type, id ? id : "", formatted(format, arguments), persistent});
    return std::string(type) == kOfxMessageQuestion ? kOfxStatReplyYes : kOfxStatOK;
}

OfxStatus message(void* handle, const char* type, const char* id, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const OfxStatus status = post(handle, type, id, format, arguments, false, "message");
    va_end(arguments);
    return status;
}

OfxStatus setPersistentMessage(void* handle, const char* type, const char* id, const char* format,
                               ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const OfxStatus status =
        post(handle, type, id, format, arguments, true, "setPersistentMessage");
    va_end(arguments);
    return status;
}

OfxStatus clearPersistentMessage(void* handle) {
    const auto effect = subject(handle, "clearPersistentMessage");
    if (!effect) return kOfxStatErrBadHandle;
    effect->clearPersistent();
    return kOfxStatOK;
}

OfxStatus progressStart1(void* handle, const char* /*message*/) {
    return subject(handle, "progressStart") ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus progressStart2(void* handle, const char* text, const char* /*id*/) {
    return progressStart1(handle, text);
}

OfxStatus progressUpdate(void* handle, double progress) {
    const auto effect = subject(handle, "progressUpdate");
    if (!effect) return kOfxStatErrBadHandle;
    effect->noteProgress(progress);
    return effect->progressCancels ? kOfxStatReplyNo : kOfxStatOK;
}

OfxStatus progressEnd(void* handle) {
    return subject(handle, "progressEnd") ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus getTime(void* handle, double* time) {
    const auto effect = subject(handle, "getTime");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(time, "time", "getTime")) return kOfxStatErrValue;
    *time = effect->time;
    return kOfxStatOK;
}

OfxStatus gotoTime(void* handle, double time) {
    const auto effect = subject(handle, "gotoTime");
    if (!effect) return kOfxStatErrBadHandle;
    effect->time = time;
    return kOfxStatOK;
}

OfxStatus getTimeBounds(void* handle, double* first, double* last) {
    const auto effect = subject(handle, "getTimeBounds");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(first, "firstTime", "getTimeBounds") || !given(last, "lastTime", "getTimeBounds")) {
        return kOfxStatErrValue;
    }
    *first = effect->firstTime;
    *last = effect->lastTime;
    return kOfxStatOK;
}

}  // namespace

OfxMessageSuiteV1 messageSuite1() {
    return {message};
}
OfxMessageSuiteV2 messageSuite2() {
    return {message, setPersistentMessage, clearPersistentMessage};
}
OfxProgressSuiteV1 progressSuite1() {
    return {progressStart1, progressUpdate, progressEnd};
}
OfxProgressSuiteV2 progressSuite2() {
    return {progressStart2, progressUpdate, progressEnd};
}
OfxTimeLineSuiteV1 timelineSuite() {
    return {getTime, gotoTime, getTimeBounds};
}

}  // namespace pyopenfx
