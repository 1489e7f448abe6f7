// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/worker_runtime.h"

#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>
#include <system_error>
#include <type_traits>

#include "ofx/error.h"
#include "runtime/log.h"
#include "runtime/platform/process_mutex.h"
#include "runtime/worker/worker_process.h"

namespace evenlight {
namespace {

using worker::Channel;
using worker::EffectName;
using worker::WorkerProcess;

constexpr int kTries = 3;  // of a frame, before its worker's ends are put down to the frame

/// EVENLIGHT_WORKER_TIMEOUT: seconds without a sign of life after which the worker is given up.
std::chrono::milliseconds patience() {
    constexpr std::chrono::seconds kUsual(20);
    const char* text = std::getenv("EVENLIGHT_WORKER_TIMEOUT");
    if (text == nullptr || *text == '\0') return kUsual;
    char* end = nullptr;
    const double seconds = std::strtod(text, &end);
    if (*end != '\0' || !(seconds >= 0.5 && seconds <= 3600))  // NOLINT: not a number either
        throw ofx::Error(kOfxStatFailed, std::string("EVENLIGHT_WORKER_TIMEOUT is '") + text +
                                             "'; it must be a number of seconds from 0.5 to 3600.");
    return std::chrono::milliseconds(std::lround(seconds * 1000));
}

std::string frameOf(const RenderRequest& request) {
    std::ostringstream text;
    text << "frame " << request.time;
    return text.str();
}

class WorkerRuntime final : public Runtime {
public:
    explicit WorkerRuntime(const Interpreter& python)
        : python_(python.executable),
          help_(python.isBundled ? "unpack Evenlight's zip again" : "run `evenlight doctor`"),
          patience_(patience()) {}

    EffectId openEffect(std::string_view identifier) override {
        EffectName effect{0, std::string(identifier)};
        {
            const std::scoped_lock lock(mutex_);
            effect.id = nextEffect_++;
        }
        withChannel("opening " + effect.identifier, [&](Channel& channel) {
            channel.open(effect);
            return true;
        });
        const std::scoped_lock lock(mutex_);
        effects_.emplace(effect.id, effect.identifier);
        return effect.id;
    }

    std::string process(EffectId id, const RenderRequest& request, FrameServer& frames,
                        const ofx::PixelView& out) override {
        const EffectName effect = nameOf(id);
        return withChannel("rendering " + frameOf(request), [&](Channel& channel) {
            return channel.process(effect, request, frames, out);
        });
    }

    FramesNeeded framesNeeded(EffectId id, const RenderRequest& request) override {
        const EffectName effect = nameOf(id);
        return withChannel("looking at " + frameOf(request),
                           [&](Channel& channel) { return channel.framesNeeded(effect, request); });
    }

    RecordBytes analyse(EffectId id, const RenderRequest& request, FrameServer& frames) override {
        const EffectName effect = nameOf(id);
        return withChannel("analysing " + frameOf(request), [&](Channel& channel) {
            return channel.analyse(effect, request, frames);
        });
    }

    SavedAnalysis saveAnalysis(EffectId id, const std::string& file,
                               const std::vector<RecordBytes>& records) override {
        const EffectName effect = nameOf(id);
        return withChannel("writing " + file, [&](Channel& channel) {
            return channel.saveAnalysis(effect, file, records);
        });
    }

    std::string runErrand(EffectId id, Errand errand, const std::string& file,
                          const RenderRequest& request, FrameServer& frames) override {
        const EffectName effect = nameOf(id);
        return withChannel("serving the panel", [&](Channel& channel) {
            return channel.runErrand(effect, errand, file, request, frames);
        });
    }

    void closeEffect(EffectId effect) noexcept override {
        try {
            std::shared_ptr<WorkerProcess> process;
            {
                const std::scoped_lock lock(mutex_);
                if (effects_.erase(effect) == 0) return;
                process = process_;
            }
            if (!process) return;
            std::unique_ptr<Channel> channel = process->takeChannel();
            channel->close(effect);
            process->giveBack(std::move(channel));
        } catch (const std::exception& error) {
            logLine(std::string("closing an effect: ") + error.what());  // gone with its worker
        }
    }

    void leaveToParent() noexcept override {
        for (const auto& process : {process_, spare_})
            if (process) process->leaveToParent();
    }

private:
    /// Runs `body` with a channel of its own; again with a new worker where this one is lost. A
    /// worker that had ended before is not counted.
    template <class Body>
    std::invoke_result_t<Body, Channel&> withChannel(const std::string& what, const Body& body) {
        std::string ending;
        int attempt = 0;
        while (attempt < kTries) {
            const std::shared_ptr<WorkerProcess> process = current();
            try {
                auto answer = converse(*process, process->takeChannel(), body);
                if (attempt > 0) keepSpare();
                return answer;
            } catch (const worker::Lost& lost) {
                ending = retire(process, lost.how() != worker::Lost::How::Gone);
                logLine("the worker " + ending + " while " + what);
                ++attempt;
                if (lost.how() == worker::Lost::How::Late) break;  // it would be as late again
            }
        }
        throw ofx::Error(kOfxStatFailed, "Evenlight's worker process " + ending +
                                             (attempt > 1 ? ", three times in a row," : "") +
                                             " while " + what +
                                             ". Render again; where it stays so, " + help_ + ".");
    }

    /// A channel goes back for the next render unless its conversation was broken off.
    template <class Body>
    static std::invoke_result_t<Body, Channel&> converse(WorkerProcess& process,
                                                         std::unique_ptr<Channel> channel,
                                                         const Body& body) {
        try {
            auto answer = body(*channel);
            process.giveBack(std::move(channel));
            return answer;
        } catch (const worker::Lost&) {
            throw;
        } catch (...) {
            if (channel->isIdle()) process.giveBack(std::move(channel));
            throw;
        }
    }

    std::shared_ptr<WorkerProcess> current() {
        const std::scoped_lock lock(mutex_);
        if (process_ && process_->hasEnded()) {
            logLine("the worker " + process_->stop(false) + " while it had nothing to do");
            process_.reset();
        }
        if (!process_ && spare_ && !spare_->hasEnded()) process_ = std::move(spare_);
        try {
            if (!process_) process_ = std::make_shared<WorkerProcess>(python_, patience_);
        } catch (const std::system_error& error) {
            throw ofx::Error(kOfxStatFailed, "Evenlight's Python, " + python_.string() +
                                                 ", cannot be started: " + error.code().message() +
                                                 "; " + help_ + ".");
        }
        return process_;
    }

    /// Where a worker was lost others may be: one loads its libraries before it is needed.
    void keepSpare() noexcept {
        try {
            const std::scoped_lock lock(mutex_);
            if (!spare_ || spare_->hasEnded())
                spare_ = std::make_shared<WorkerProcess>(python_, patience_);
        } catch (const std::exception& error) {
            logLine(std::string("no worker is kept ready: ") + error.what());
        }
    }

    std::string retire(const std::shared_ptr<WorkerProcess>& process, bool silent) {
        {
            const std::scoped_lock lock(mutex_);
            if (process_ == process) process_.reset();
        }
        return process->stop(silent);
    }

    EffectName nameOf(EffectId effect) {
        const std::scoped_lock lock(mutex_);
        return {effect, effects_.at(effect)};
    }

    std::filesystem::path python_;
    std::string help_;  // what to do where that one fails
    std::chrono::milliseconds patience_;
    ProcessMutex mutex_;  // guards what follows; never held while the host or the worker is called
    EffectId nextEffect_ = 1;
    std::map<EffectId, std::string> effects_;
    std::shared_ptr<WorkerProcess> process_;
    std::shared_ptr<WorkerProcess> spare_;
};

}  // namespace

std::unique_ptr<Runtime> makeWorkerRuntime(const Interpreter& python) {
    return std::make_unique<WorkerRuntime>(python);
}

}  // namespace evenlight
