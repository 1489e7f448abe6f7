// SPDX-License-Identifier: Apache-2.0
#include "effect/overlay_lines.h"

#include <array>

#if defined(__unix__) || defined(__APPLE__)
#include <dlfcn.h>
#endif

#include "ofxDrawSuite.h"
#include "ofxInteract.h"

namespace evenlight {
namespace {

constexpr OfxRGBAColourF kColour{1.0F, 0.82F, 0.29F, 1.0F};
constexpr double kMark = 6;  // pixels of the screen, to each side

/// The few functions of OpenGL 1 that lines need, of the library that the host draws with.
struct OpenGl {
    void (*begin)(unsigned mode) = nullptr;
    void (*end)() = nullptr;
    void (*vertex)(double x, double y) = nullptr;
    void (*colour)(double red, double green, double blue) = nullptr;

    [[nodiscard]] bool isComplete() const {
        return begin != nullptr && end != nullptr && vertex != nullptr && colour != nullptr;
    }
};
constexpr unsigned kGlLines = 1;  // GL_LINES

#if defined(__unix__) || defined(__APPLE__)
template <class Function>
void find(void* library, const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
}

OpenGl openGl() {
    OpenGl gl;
    // Only what is there already; where it is not, nothing is drawn.
    void* library = dlopen("libGL.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr) library = dlopen(nullptr, RTLD_LAZY);
    if (library == nullptr) return gl;
    find(library, "glBegin", gl.begin);
    find(library, "glEnd", gl.end);
    find(library, "glVertex2d", gl.vertex);
    find(library, "glColor3d", gl.colour);
    dlclose(library);  // it was not opened by us, and stays
    return gl;
}
#else
OpenGl openGl() {
    return {};
}
#endif

/// Ends of the lines, in pairs.
std::array<OfxPointD, 12> linesOf(const OfxRectD& box, double mark) {
    const OfxPointD middle{(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2};
    return {OfxPointD{box.x1, box.y1},
            {box.x2, box.y1},
            {box.x2, box.y1},
            {box.x2, box.y2},
            {box.x2, box.y2},
            {box.x1, box.y2},
            {box.x1, box.y2},
            {box.x1, box.y1},
            {middle.x - mark, middle.y},
            {middle.x + mark, middle.y},
            {middle.x, middle.y - mark},
            {middle.x, middle.y + mark}};
}

template <class Lines>
void drawBySuite(const OfxDrawSuiteV1& suite, OfxDrawContextHandle context, const Lines& lines) {
    static_cast<void>(suite.setColour(context, &kColour));
    static_cast<void>(suite.setLineWidth(context, 1.5F));
    static_cast<void>(
        suite.draw(context, kOfxDrawPrimitiveLines, lines.data(), static_cast<int>(lines.size())));
}

template <class Lines>
void drawByOpenGl(const OpenGl& gl, const Lines& lines) {
    gl.colour(static_cast<double>(kColour.r), static_cast<double>(kColour.g),
              static_cast<double>(kColour.b));
    gl.begin(kGlLines);
    for (const OfxPointD& point : lines) gl.vertex(point.x, point.y);
    gl.end();
}

}  // namespace

bool canDraw(const Call& call) {
    return call.suites.draw != nullptr || openGl().isComplete();
}

bool drawRectangle(const Call& call, const OfxRectD& box) {
    const double mark = kMark * call.in().get(kOfxInteractPropPixelScale, 1.0, 0);
    const auto lines = linesOf(box, mark);
    if (call.suites.draw != nullptr) {
        auto* const context =
            static_cast<OfxDrawContextHandle>(call.in().pointer(kOfxInteractPropDrawContext));
        drawBySuite(*call.suites.draw, context, lines);
        return true;
    }
    const OpenGl gl = openGl();
    if (!gl.isComplete()) return false;
    drawByOpenGl(gl, lines);
    return true;
}

}  // namespace evenlight
