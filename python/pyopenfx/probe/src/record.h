// SPDX-License-Identifier: Apache-2.0
// The log: one JSON object a line, in a file of this process in the folder that PYOPENFX_PROBE
// names.
#pragma once

#include <string>
#include <vector>

namespace probe {

/// JSON of a text; null for none. What is no UTF-8 is told byte by byte, as Latin-1.
std::string quoted(const char* text);
std::string number(double value);  // null where it is infinite, or no number
std::string list(const std::vector<std::string>& items);

/// A line of the log, made of JSON that is ready; it says which thread wrote it.
class Event {
public:
    explicit Event(const char* kind);
    Event& with(const char* name, const std::string& json);
    void write() const;  // at once, so that a crash loses nothing; from any thread

private:
    std::string text_;
};

/// Number of this thread, from 0; the first that asks is 0, and that is the one of the scan.
int threadNumber();

}  // namespace probe
