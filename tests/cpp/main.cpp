// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "check.h"

namespace check {
namespace {

int failures = 0;

}  // namespace

std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

Register::Register(const char* name, std::function<void()> body) {
    tests().push_back({name, std::move(body)});
}

void report(bool holds, const char* text, const char* file, int line) {
    if (holds) return;
    ++failures;
    std::printf("  %s:%d: not so: %s\n", file, line, text);
}

}  // namespace check

int main() {
    int failedTests = 0;
    for (const check::Test& test : check::tests()) {
        const int before = check::failures;
        try {
            test.body();
        } catch (const std::exception& error) {
            check::report(false, error.what(), test.name, 0);
        }
        if (check::failures == before) continue;
        ++failedTests;
        std::printf("failed: %s\n", test.name);
    }
    std::printf("%zu tests, %d failed\n", check::tests().size(), failedTests);
    return failedTests == 0 && !check::tests().empty() ? 0 : 1;
}
