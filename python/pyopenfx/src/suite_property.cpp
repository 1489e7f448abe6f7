// SPDX-License-Identifier: Apache-2.0
#include "host.h"

namespace pyopenfx {
namespace {

std::shared_ptr<PropertySet> setOf(OfxPropertySetHandle handle, const char* function) {
    return resolve<PropertySet>(handle, Kind::Properties, function);
}

template <class T>
Value valueFrom(T raw) {
    if constexpr (std::is_same_v<T, const char*>)
        return std::string(raw ? raw : "");
    else
        return raw;
}

template <class T>
OfxStatus setOne(OfxPropertySetHandle handle, const char* name, int index, T raw,
                 const char* function) {
    const auto set = setOf(handle, function);
    if (!set) return kOfxStatErrBadHandle;
    if (!given(name, "property", function)) return kOfxStatErrValue;
    return set->set(name, index, valueFrom(raw));
}

template <class T>
OfxStatus setMany(OfxPropertySetHandle handle, const char* name, int count, const T* raw,
                  const char* function) {
    const auto set = setOf(handle, function);
    if (!set) return kOfxStatErrBadHandle;
    if (!given(name, "property", function) || !given(raw, "value", function))
        return kOfxStatErrValue;
    std::vector<Value> values;
    for (int i = 0; i < count; ++i) values.push_back(valueFrom(raw[i]));
    return set->setAll(name, std::move(values));
}

/// What a value looks like to the plug-in: strings stay ours.
void hand(const Value& value, int* out) {
    *out = std::get<int>(value);
}
void hand(const Value& value, double* out) {
    *out = std::get<double>(value);
}
void hand(const Value& value, void** out) {
    *out = std::get<void*>(value);
}
void hand(const Value& value, char** out) {
    *out = const_cast<char*>(std::get<std::string>(value).c_str());  // the suite's signature
}

template <class T>
OfxStatus getMany(OfxPropertySetHandle handle, const char* name, int first, int count, Type type,
                  T* out, const char* function) {
    const auto set = setOf(handle, function);
    if (!set) return kOfxStatErrBadHandle;
    if (!given(name, "property", function) || !given(out, "value", function))
        return kOfxStatErrValue;
    for (int i = 0; i < count; ++i) {
        const Value* value = nullptr;
        const OfxStatus status = set->get(name, first + i, type, &value);
        if (status != kOfxStatOK) return status;
        hand(*value, out + i);
    }
    return kOfxStatOK;
}

OfxStatus setPointer(OfxPropertySetHandle s, const char* p, int i, void* v) {
    return setOne(s, p, i, v, "propSetPointer");
}
OfxStatus setString(OfxPropertySetHandle s, const char* p, int i, const char* v) {
    return setOne(s, p, i, v, "propSetString");
}
OfxStatus setDouble(OfxPropertySetHandle s, const char* p, int i, double v) {
    return setOne(s, p, i, v, "propSetDouble");
}
OfxStatus setInt(OfxPropertySetHandle s, const char* p, int i, int v) {
    return setOne(s, p, i, v, "propSetInt");
}
OfxStatus setPointerN(OfxPropertySetHandle s, const char* p, int n, void* const* v) {
    return setMany(s, p, n, v, "propSetPointerN");
}
OfxStatus setStringN(OfxPropertySetHandle s, const char* p, int n, const char* const* v) {
    return setMany(s, p, n, v, "propSetStringN");
}
OfxStatus setDoubleN(OfxPropertySetHandle s, const char* p, int n, const double* v) {
    return setMany(s, p, n, v, "propSetDoubleN");
}
OfxStatus setIntN(OfxPropertySetHandle s, const char* p, int n, const int* v) {
    return setMany(s, p, n, v, "propSetIntN");
}
OfxStatus getPointer(OfxPropertySetHandle s, const char* p, int i, void** v) {
    return getMany(s, p, i, 1, Type::Pointer, v, "propGetPointer");
}
OfxStatus getString(OfxPropertySetHandle s, const char* p, int i, char** v) {
    return getMany(s, p, i, 1, Type::String, v, "propGetString");
}
OfxStatus getDouble(OfxPropertySetHandle s, const char* p, int i, double* v) {
    return getMany(s, p, i, 1, Type::Double, v, "propGetDouble");
}
OfxStatus getInt(OfxPropertySetHandle s, const char* p, int i, int* v) {
    return getMany(s, p, i, 1, Type::Int, v, "propGetInt");
}
OfxStatus getPointerN(OfxPropertySetHandle s, const char* p, int n, void** v) {
    return getMany(s, p, 0, n, Type::Pointer, v, "propGetPointerN");
}
OfxStatus getStringN(OfxPropertySetHandle s, const char* p, int n, char** v) {
    return getMany(s, p, 0, n, Type::String, v, "propGetStringN");
}
OfxStatus getDoubleN(OfxPropertySetHandle s, const char* p, int n, double* v) {
    return getMany(s, p, 0, n, Type::Double, v, "propGetDoubleN");
}
OfxStatus getIntN(OfxPropertySetHandle s, const char* p, int n, int* v) {
    return getMany(s, p, 0, n, Type::Int, v, "propGetIntN");
}

OfxStatus reset(OfxPropertySetHandle handle, const char* name) {
    const auto set = setOf(handle, "propReset");
    if (!set) return kOfxStatErrBadHandle;
    return given(name, "property", "propReset") ? set->reset(name) : kOfxStatErrValue;
}

OfxStatus getDimension(OfxPropertySetHandle handle, const char* name, int* count) {
    const auto set = setOf(handle, "propGetDimension");
    if (!set) return kOfxStatErrBadHandle;
    if (!given(name, "property", "propGetDimension")) return kOfxStatErrValue;
    return given(count, "count", "propGetDimension") ? set->dimension(name, count)
                                                     : kOfxStatErrValue;
}

}  // namespace

OfxPropertySuiteV1 propertySuite() {
    return {setPointer,  setString,  setDouble,  setInt,    setPointerN, setStringN,
            setDoubleN,  setIntN,    getPointer, getString, getDouble,   getInt,
            getPointerN, getStringN, getDoubleN, getIntN,   reset,       getDimension};
}

}  // namespace pyopenfx
