// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <unordered_map>

#ifdef _WIN32
#include <process.h>
#define getpid _getpid
#else
#include <unistd.h>
#endif

namespace probe {
namespace {

std::mutex& lock() {
    static auto* mutex = new std::mutex;  // outlives static destructors
    return *mutex;
}

/// The file, or null where no folder is named, or it cannot be written.
std::FILE* file() {
    static std::FILE* const opened = [] {
        const char* folder = std::getenv("PYOPENFX_PROBE");
        if (!folder || !*folder) return static_cast<std::FILE*>(nullptr);
        const std::string path = std::string(folder) + "/" + std::to_string(getpid()) + ".jsonl";
        return std::fopen(path.c_str(), "a");
    }();
    return opened;
}

bool isUtf8(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80   ? 0
                                 : lead < 0xc2 ? text.size()
                                 : lead < 0xe0 ? 1
                                 : lead < 0xf0 ? 2
                                               : 3;
        if (lead > 0xf4 || i + more >= text.size()) return false;
        for (std::size_t k = 1; k <= more; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0U) != 0x80U) return false;
        }
        i += more + 1;
    }
    return true;
}

}  // namespace

std::string quoted(const char* text) {
    if (!text) return "null";
    const std::string given = text;
    const bool plain = isUtf8(given);
    std::string made = "\"";
    for (const char each : given) {
        const auto byte = static_cast<unsigned char>(each);
        if (each == '"' || each == '\\') {
            made += '\\';
            made += each;
        } else if (byte < 0x20 || (byte >= 0x80 && !plain)) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(byte));
            made += escaped;
        } else {
            made += each;
        }
    }
    return made + '"';
}

std::string number(double value) {
    if (!std::isfinite(value)) return "null";
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    for (char* each = text; *each; ++each) {
        if (*each == ',') *each = '.';  // of a host's locale
    }
    return text;
}

std::string list(const std::vector<std::string>& items) {
    std::string made = "[";
    for (const std::string& item : items) made += (made.size() > 1 ? ", " : "") + item;
    return made + "]";
}

Event::Event(const char* kind) : text_(std::string("{\"event\": ") + quoted(kind)) {
    with("thread", std::to_string(threadNumber()));
}

Event& Event::with(const char* name, const std::string& json) {
    text_ += ", " + quoted(name) + ": " + json;
    return *this;
}

void Event::write() const {
    const std::scoped_lock guard(lock());
    if (std::FILE* out = file()) {
        std::fputs((text_ + "}\n").c_str(), out);
        std::fflush(out);
    }
}

int threadNumber() {
    static auto* numbers = new std::unordered_map<std::thread::id, int>;
    const std::scoped_lock guard(lock());
    return numbers->try_emplace(std::this_thread::get_id(), static_cast<int>(numbers->size()))
        .first->second;
}

}  // namespace probe
