// SPDX-License-Identifier: Apache-2.0
// A library that says how many plug-ins it has and does not hand them out.
extern "C" __attribute__((visibility("default"))) int OfxGetNumberOfPlugins() {
    return 1;
}
