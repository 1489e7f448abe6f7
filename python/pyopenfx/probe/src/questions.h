// SPDX-License-Identifier: Apache-2.0
// What a host is asked: its suites, its properties, its Python, its memory and its threads.
#pragma once

#include <string>

#include "ofxCore.h"
#include "ofxImageEffect.h"
#include "ofxMemory.h"
#include "ofxMultiThread.h"
#include "ofxParam.h"
#include "ofxProperty.h"
#include "ofxTimeLine.h"

namespace probe {

/// The suites that are used; null where the host has none, as a host may.
struct Suites {
    const OfxPropertySuiteV1* property = nullptr;
    const OfxImageEffectSuiteV1* effect = nullptr;
    const OfxParameterSuiteV1* param = nullptr;
    const OfxMemorySuiteV1* memory = nullptr;
    const OfxMultiThreadSuiteV1* threads = nullptr;
    const OfxTimeLineSuiteV1* timeLine = nullptr;
};

Suites fetchSuites(OfxHost* host);
/// Every suite of the standard: name, version, and the places of functions that are null.
std::string suitesOf(OfxHost* host);

/// Kinds of property sets; which names are asked for stands in `names.inc`.
enum class Kind { Host, Instance, Clip, Image, Param, Arguments };

/// All known properties of a set: [type, [values]] where one is there, else the host's status.
std::string propertiesOf(const Suites& suites, OfxPropertySetHandle set, Kind kind);

/// "none", "loaded" or "running"; and whether this thread holds its lock.
std::string pythonOf();
bool holdsPython();

/// Answers of the memory, multi-thread and time line suites, with statuses.
std::string memoryOf(const Suites& suites, OfxImageEffectHandle effect);
std::string threadsOf(const Suites& suites);
std::string timeLineOf(const Suites& suites, OfxImageEffectHandle effect);

}  // namespace probe
