// SPDX-License-Identifier: Apache-2.0
// Writes every name of the API with its value, size, offset or type, a line each. Compiled once
// with our headers and once with the ASWF ones: the two must write the same.
#include <cstddef>
#include <cstdio>
#include <typeinfo>

#include "ofxColour.h"
#include "ofxCore.h"
#include "ofxGPURender.h"
#include "ofxImageEffect.h"
#include "ofxMemory.h"
#include "ofxMessage.h"
#include "ofxMultiThread.h"
#include "ofxParam.h"
#include "ofxPixels.h"
#include "ofxProgress.h"
#include "ofxProperty.h"
#include "ofxTimeLine.h"

namespace {

void value(const char* name, const char* text) {
    std::printf("%s = \"%s\"\n", name, text);
}
void value(const char* name, int number) {
    std::printf("%s = %d\n", name, number);
}

}  // namespace

#define CONSTANT(name) value(#name, name);
#define STRUCT(type) std::printf(#type ": %zu bytes\n", sizeof(type));
#define FIELD(type, field)                                               \
    std::printf(#type "." #field " at %zu: %s\n", offsetof(type, field), \
                typeid(decltype(type::field)).name());
#define TYPE(type) std::printf(#type ": %s\n", typeid(type).name());

int main() {
#include "names.inc"
    TYPE(OfxStatus)
    TYPE(OfxTime)
    TYPE(OfxPluginEntryPoint)
    TYPE(OfxThreadFunctionV1)
    TYPE(OfxCustomParamInterpFuncV1)
    TYPE(decltype(OfxGetNumberOfPlugins))
    TYPE(decltype(OfxGetPlugin))
    TYPE(decltype(OfxSetHost))
}
