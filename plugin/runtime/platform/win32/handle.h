// SPDX-License-Identifier: Apache-2.0
// Handles of Windows, owned by descriptors.
#pragma once

#include "runtime/platform/descriptor.h"
#include "runtime/platform/win32/wide_text.h"

namespace evenlight {

[[nodiscard]] inline HANDLE handleOf(const Descriptor& descriptor) {
    return reinterpret_cast<HANDLE>(descriptor.number());
}

/// Takes over what a call has given. Throws std::system_error where that is none.
[[nodiscard]] inline Descriptor owned(HANDLE handle) {
    if (handle == nullptr || handle == INVALID_HANDLE_VALUE) throw lastError();
    return Descriptor(reinterpret_cast<DescriptorNumber>(handle));
}

/// Another handle in `process` of what `handle` is in this one; it belongs to that process.
[[nodiscard]] inline HANDLE duplicate(HANDLE handle, HANDLE process, bool isInheritable = false) {
    HANDLE copy = nullptr;
    if (DuplicateHandle(GetCurrentProcess(), handle, process, &copy, 0,
                        isInheritable ? TRUE : FALSE, DUPLICATE_SAME_ACCESS) == 0)
        throw lastError();
    return copy;
}

}  // namespace evenlight
