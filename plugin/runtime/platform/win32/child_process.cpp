// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/child_process.h"

#include <windows.h>

#include <array>
#include <memory>
#include <thread>

#include "runtime/platform/win32/wide_text.h"

namespace evenlight {
namespace {

struct Closer {
    void operator()(void* handle) const noexcept { CloseHandle(handle); }
};
using Handle = std::unique_ptr<void, Closer>;

/// A word as programs take it apart again: backslashes count double before a quote.
std::wstring quoted(const std::string& word) {
    std::wstring out = L"\"";
    std::size_t slashes = 0;
    for (const wchar_t letter : wide(word)) {
        if (letter == L'"') out.append(slashes + 1, L'\\');
        slashes = letter == L'\\' ? slashes + 1 : 0;
        out += letter;
    }
    return out.append(slashes, L'\\') + L'"';
}

Handle start(const std::vector<std::string>& arguments, HANDLE output) {
    std::wstring line;
    for (const std::string& word : arguments) line += (line.empty() ? L"" : L" ") + quoted(word);
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdOutput = output;
    PROCESS_INFORMATION process{};
    if (CreateProcessW(wide(arguments[0]).c_str(), line.data(), nullptr, nullptr, TRUE,
                       CREATE_NO_WINDOW, nullptr, nullptr, &startup, &process) == 0)
        throw lastError(arguments[0]);
    const Handle thread(process.hThread);
    return Handle(process.hProcess);
}

/// A pipe of Windows cannot be waited for with a limit: it is looked at again and again.
std::string readUntilEnd(HANDLE pipe, std::chrono::milliseconds limit) {
    constexpr std::chrono::milliseconds kStep(5);
    const auto end = std::chrono::steady_clock::now() + limit;
    std::string output;
    std::array<char, 4096> buffer{};
    for (;;) {
        DWORD there = 0;
        if (PeekNamedPipe(pipe, nullptr, 0, nullptr, &there, nullptr) == 0) return output;
        if (there == 0) {
            if (std::chrono::steady_clock::now() >= end)
                throw std::system_error(std::make_error_code(std::errc::timed_out));
            std::this_thread::sleep_for(kStep);
            continue;
        }
        DWORD size = 0;
        if (ReadFile(pipe, buffer.data(), DWORD{buffer.size()}, &size, nullptr) == 0) return output;
        output.append(buffer.data(), size);
    }
}

}  // namespace

std::string outputOf(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    HANDLE ends[2]{};
    if (CreatePipe(&ends[0], &ends[1], &inherited, 0) == 0) throw lastError();
    const Handle reading(ends[0]);
    Handle writing(ends[1]);
    SetHandleInformation(reading.get(), HANDLE_FLAG_INHERIT, 0);
    const Handle process = start(arguments, writing.get());
    writing.reset();
    try {
        return readUntilEnd(reading.get(), limit);
    } catch (...) {
        TerminateProcess(process.get(), 1);
        throw;
    }
}

}  // namespace evenlight
