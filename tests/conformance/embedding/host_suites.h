// SPDX-License-Identifier: Apache-2.0
// The suites of the smallest host: as much of them as a filter needs.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "ofxCore.h"
#include "ofxImageEffect.h"
#include "ofxParam.h"
#include "ofxProperty.h"

/// A property is whatever was last set at each index, by kind.
struct OfxPropertySetStruct {
    std::map<std::string, std::vector<int>> ints;
    std::map<std::string, std::vector<double>> doubles;
    std::map<std::string, std::deque<std::string>> strings;
    std::map<std::string, std::vector<void*>> pointers;
};
struct OfxParamStruct {
    std::string kind;
    OfxPropertySetStruct properties;
};
struct OfxParamSetStruct {
    std::map<std::string, OfxParamStruct> params;
    OfxPropertySetStruct properties;
};
struct OfxImageClipStruct {
    OfxPropertySetStruct properties;
    std::vector<std::vector<float>> frames;
};
struct OfxImageEffectStruct {
    OfxPropertySetStruct properties;
    OfxParamSetStruct params;
    std::map<std::string, OfxImageClipStruct> clips;
};

/// What the host renders, and what it was told. One at a time.
struct Session {
    int height = 0;
    int width = 0;
    std::string message;                        // the last one
    std::map<std::string, std::string> chosen;  // values of parameters; a choice by its index
};
extern Session session;

extern const OfxPropertySuiteV1 propertySuite;
const void* fetchSuite(OfxPropertySetHandle host, const char* name, int version);
void describeHost(OfxPropertySetHandle host);
void setInt(OfxPropertySetHandle set, const char* name, int value);
void setDouble(OfxPropertySetHandle set, const char* name, double value);
void setText(OfxPropertySetHandle set, const char* name, const char* value);
