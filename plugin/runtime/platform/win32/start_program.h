// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runtime/platform/win32/handle.h"

namespace evenlight {

/// Handles that a program starts with, made by the functions below; it inherits no others.
struct Streams {
    Descriptor input;
    Descriptor output;
    Descriptor errors;
    Descriptor more;  // or none
};

struct Started {
    Descriptor process;
    Descriptor thread;  // its first
};

/// A handle that a child may inherit. Any child can, so it lives for as short as one is started.
[[nodiscard]] Descriptor inheritable(HANDLE handle);
/// The same of the file that is always empty.
[[nodiscard]] Descriptor inheritableNothing();

/// Starts `arguments[0]` without a window, with what it may know of the environment. Throws
/// std::system_error.
[[nodiscard]] Started startProgram(const std::vector<std::string>& arguments,
                                   const Streams& streams, DWORD flags = 0);

}  // namespace evenlight
