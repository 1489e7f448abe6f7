// SPDX-License-Identifier: Apache-2.0
// Memory that the host counts.
#pragma once

#include "ofxCore.h"

#define kOfxMemorySuite "OfxMemorySuite"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct OfxMemorySuiteV1 {
    OfxStatus (*memoryAlloc)(void* handle, size_t nBytes, void** allocatedData);
    OfxStatus (*memoryFree)(void* allocatedData);
} OfxMemorySuiteV1;

#ifdef __cplusplus
}
#endif
