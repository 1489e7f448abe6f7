// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/win32/start_program.h"

#include <cctype>
#include <memory>

#include "runtime/platform/passed_environment.h"

namespace evenlight {
namespace {

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

std::string nameInCapitals(std::wstring_view variable) {
    std::string name;
    for (const wchar_t letter : variable.substr(0, variable.find(L'=')))
        name += letter < 128 ? static_cast<char>(std::toupper(letter)) : '?';
    return name;
}

struct FreeStrings {
    void operator()(wchar_t* strings) const noexcept { FreeEnvironmentStringsW(strings); }
};

/// Variables one after the other, each with a null at its end, and one more.
std::wstring passedEnvironment() {
    const std::unique_ptr<wchar_t, FreeStrings> all(GetEnvironmentStringsW());
    std::wstring passed;
    for (const wchar_t* next = all.get(); next != nullptr && *next != L'\0';) {
        const std::wstring_view variable(next);
        if (isPassed(nameInCapitals(variable))) (passed += variable) += L'\0';
        next += variable.size() + 1;
    }
    return passed += L'\0';
}

/// Tells CreateProcess which of the inheritable handles are meant.
class Inherited {
public:
    explicit Inherited(const Streams& streams) {
        for (const Descriptor* one :
             {&streams.input, &streams.output, &streams.errors, &streams.more})
            if (one->number() != -1) handles_.push_back(handleOf(*one));
        SIZE_T size = 0;
        InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory_ = std::make_unique<std::byte[]>(size);
        if (InitializeProcThreadAttributeList(list(), 1, 0, &size) == 0) throw lastError();
        if (UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                      handles_.size() * sizeof(HANDLE), nullptr, nullptr) == 0)
            throw lastError();  // nothing but our memory is held yet
    }
    Inherited(const Inherited&) = delete;
    Inherited& operator=(const Inherited&) = delete;
    ~Inherited() { DeleteProcThreadAttributeList(list()); }

    [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST list() const {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.get());
    }

private:
    std::vector<HANDLE> handles_;
    std::unique_ptr<std::byte[]> memory_;
};

}  // namespace

Descriptor inheritable(HANDLE handle) {
    return owned(duplicate(handle, GetCurrentProcess(), true));
}

Descriptor inheritableNothing() {
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    return owned(CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE,
                             FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0,
                             nullptr));
}

Started startProgram(const std::vector<std::string>& arguments, const Streams& streams,
                     DWORD flags) {
    std::wstring line;
    for (const std::string& word : arguments) line += (line.empty() ? L"" : L" ") + quoted(word);
    std::wstring environment = passedEnvironment();
    const Inherited inherited(streams);
    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = handleOf(streams.input);
    startup.StartupInfo.hStdOutput = handleOf(streams.output);
    startup.StartupInfo.hStdError = handleOf(streams.errors);
    startup.lpAttributeList = inherited.list();
    flags |= CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
    PROCESS_INFORMATION process{};
    if (CreateProcessW(wide(arguments[0]).c_str(), line.data(), nullptr, nullptr, TRUE, flags,
                       environment.data(), nullptr, &startup.StartupInfo, &process) == 0)
        throw lastError(arguments[0]);
    return {owned(process.hProcess), owned(process.hThread)};
}

}  // namespace evenlight
