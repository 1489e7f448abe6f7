// SPDX-License-Identifier: Apache-2.0
#pragma once

// Compiles a function twice, plain and for AVX2, and lets the loader choose. Both give the same
// bytes: they do the same operations in the same order, only more of them at a time.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define EVENLIGHT_MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define EVENLIGHT_MULTIVERSION
#endif
