// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/shared_memory.h"

#include <cstdint>

#include "runtime/platform/win32/handle.h"

namespace evenlight {
namespace {

[[noreturn]] void fail(std::size_t size) {
    switch (GetLastError()) {
        case ERROR_COMMITMENT_LIMIT:
        case ERROR_COMMITMENT_MINIMUM:
        case ERROR_NO_SYSTEM_RESOURCES:
        case ERROR_NOT_ENOUGH_MEMORY:
        case ERROR_OUTOFMEMORY:
            throw LackOfMemory(size);
        default:
            throw lastError("shared memory");
    }
}

}  // namespace

/// Memory is promised here, where its lack is an error. A section never changes its size.
SharedMemory::SharedMemory(std::size_t size) : size_(size) {
    refuseTooMuch(size);
    const std::uint64_t bytes = size;
    HANDLE section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                           static_cast<DWORD>(bytes >> 32U), static_cast<DWORD>(bytes), nullptr);
    if (section == nullptr) fail(size);
    descriptor_ = owned(section);
    data_ =
        static_cast<std::byte*>(MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size));
    if (data_ == nullptr) fail(size);
}

SharedMemory::~SharedMemory() {
    if (data_ != nullptr) UnmapViewOfFile(data_);
}

}  // namespace evenlight
