// SPDX-License-Identifier: Apache-2.0
// The host's playhead.
#pragma once

#include "ofxCore.h"

#define kOfxTimeLineSuite "OfxTimeLineSuite"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct OfxTimeLineSuiteV1 {
    OfxStatus (*getTime)(void* instance, double* time);
    OfxStatus (*gotoTime)(void* instance, double time);
    OfxStatus (*getTimeBounds)(void* instance, double* firstTime, double* lastTime);
} OfxTimeLineSuiteV1;

#ifdef __cplusplus
}
#endif
