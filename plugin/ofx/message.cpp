// SPDX-License-Identifier: Apache-2.0
#include "ofx/message.h"

namespace evenlight::ofx {
namespace {

/// Natron prints garbage for format arguments: the text is the format.
std::string asFormat(const std::string& text) {
    std::string format;
    for (const char c : text) format.append(c == '%' ? 2 : 1, c);
    return format;
}

}  // namespace

// The statuses are not looked at: there is no other way to tell the user that telling failed.
void postMessage(const Suites& suites, OfxImageEffectHandle effect, const char* kind,
                 const std::string& text) {
    const std::string format = asFormat(text);
    const OfxMessageSuiteV2* lasting = suites.persistentMessage;
    if (lasting != nullptr && lasting->setPersistentMessage != nullptr)
        static_cast<void>(lasting->setPersistentMessage(effect, kind, "", format.c_str()));
    else if (suites.message != nullptr && suites.message->message != nullptr)
        static_cast<void>(suites.message->message(effect, kind, "", format.c_str()));
}

bool askWhether(const Suites& suites, OfxImageEffectHandle effect, const std::string& question) {
    if (suites.message == nullptr || suites.message->message == nullptr) return false;
    const std::string format = asFormat(question);
    return suites.message->message(effect, kOfxMessageQuestion, "", format.c_str()) ==
           kOfxStatReplyYes;
}

void clearMessage(const Suites& suites, OfxImageEffectHandle effect) {
    const OfxMessageSuiteV2* lasting = suites.persistentMessage;
    if (lasting != nullptr && lasting->clearPersistentMessage != nullptr)
        static_cast<void>(lasting->clearPersistentMessage(effect));
}

}  // namespace evenlight::ofx
