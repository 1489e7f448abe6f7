// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "handles.h"
#include "property_set.h"

namespace pyopenfx {

class Effect;

/// Pixels and what is told of them. `keepAlive` owns the memory behind kOfxImagePropData.
class Image : public PropertySet {
public:
    Image(std::string what, std::shared_ptr<void> keepAlive)
        : PropertySet("image", std::move(what)), keepAlive_(std::move(keepAlive)) {}

private:
    std::shared_ptr<void> keepAlive_;
};

using Region = std::array<double, 4>;  // x1, y1, x2, y2; canonical

class Clip : public Object {
public:
    Clip(std::string clipName, std::weak_ptr<Effect> owner);
    /// Handles hold their object, so they are made after it and dropped before it.
    void open();
    void close();

    const std::string name;
    const std::weak_ptr<Effect> effect;
    const std::shared_ptr<PropertySet> properties;
    /// The image at a time, or nothing; called without the GIL.
    std::function<std::shared_ptr<Image>(double, std::optional<Region>)> image;
    std::function<std::optional<Region>(double)> regionOfDefinition;
    OwnedHandle handle, propertiesHandle;
};

class Param : public Object {
public:
    Param(std::string paramName, std::string paramType, std::weak_ptr<Effect> owner);
    void open();
    void close();
    /// Sets the value from the default property, once describing is over.
    void initialise();

    [[nodiscard]] std::vector<Value> valueAt(std::optional<double> time) const;
    void set(std::vector<Value> value);
    void setKey(double time, std::vector<Value> value);
    [[nodiscard]] std::vector<double> keys() const;
    bool deleteKey(double time);
    void deleteKeys();
    /// Takes the other's value, and its keys with first <= time <= last, moved by `offset` frames.
    void copyFrom(const Param& other, double offset, double first, double last);
    [[nodiscard]] std::vector<double> derivative(double time) const;
    [[nodiscard]] std::vector<double> integral(double from, double to) const;
    /// Type and number of a value's parts; 0 parts where the type has no value.
    [[nodiscard]] Type partType() const { return partType_; }
    [[nodiscard]] std::size_t parts() const { return parts_; }

    const std::string name;
    const std::string type;
    const std::weak_ptr<Effect> effect;
    const std::shared_ptr<PropertySet> properties;
    OwnedHandle handle, propertiesHandle;

private:
    void markAnimating();
    Type partType_;
    std::size_t parts_;
    bool interpolates_;
    mutable std::mutex mutex_;
    std::vector<Value> value_;
    std::map<double, std::vector<Value>> keys_;
};

struct Message {
    std::string kind;
    std::string id;
    std::string text;
    bool persistent;
};

/// A descriptor or an instance.
class Effect : public Object {
public:
    explicit Effect(std::string name);
    void open();
    void close();

    std::shared_ptr<Clip> addClip(const std::string& clipName);
    std::shared_ptr<Param> addParam(const std::string& paramName, const std::string& type);
    [[nodiscard]] std::shared_ptr<Clip> clip(const std::string& clipName) const;
    [[nodiscard]] std::shared_ptr<Param> param(const std::string& paramName) const;
    /// An instance of a descriptor: the same properties, clips and parameters, at their defaults.
    [[nodiscard]] std::shared_ptr<Effect> instantiate() const;

    /// The abort question is answered with no that many times, then with yes; -1 for ever.
    void abortAfterAnswers(long answers);
    [[nodiscard]] bool askAbort();
    /// Whether the question was answered with yes since this was last asked.
    [[nodiscard]] bool saidAbort() { return saidAbort_.exchange(false); }
    void post(Message message);
    void clearPersistent();
    [[nodiscard]] std::vector<Message> takeMessages();
    [[nodiscard]] std::optional<Message> persistent() const;
    void noteProgress(double progress);
    [[nodiscard]] std::vector<double> progress() const;
    void noteChange(const std::string& paramName);
    [[nodiscard]] std::vector<std::string> takeChanges();

    const std::string label;
    bool isInstance = false;
    const std::shared_ptr<PropertySet> properties;
    const std::shared_ptr<PropertySet> paramProperties;
    std::vector<std::shared_ptr<Clip>> clips;
    std::vector<std::shared_ptr<Param>> params;
    std::atomic<bool> aborted{false};
    std::atomic<bool> progressCancels{false};
    std::atomic<double> time{0.0}, firstTime{0.0}, lastTime{0.0};
    std::atomic<int> memoryBlocks{0};  // from the Memory suite, not freed yet
    OwnedHandle handle, paramsHandle, propertiesHandle, paramPropertiesHandle;

private:
    std::atomic<long> asked_{0}, abortAfter_{-1};
    std::atomic<bool> saidAbort_{false};
    mutable std::mutex mutex_;
    std::vector<Message> messages_;
    std::optional<Message> persistent_;
    std::vector<double> progress_;
    std::vector<std::string> changes_;
};

}  // namespace pyopenfx
