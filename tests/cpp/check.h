// SPDX-License-Identifier: Apache-2.0
// The least that tests need: a list of named functions, and a check that says where it failed.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace check {

struct Test {
    const char* name;
    std::function<void()> body;
};

[[nodiscard]] std::vector<Test>& tests();

struct Register {
    Register(const char* name, std::function<void()> body);
};

void report(bool holds, const char* text, const char* file, int line);

}  // namespace check

#define CHECK(condition) check::report(static_cast<bool>(condition), #condition, __FILE__, __LINE__)
#define TEST(name)                                                    \
    static void test_##name();                                        \
    static const check::Register register_##name(#name, test_##name); \
    static void test_##name()
