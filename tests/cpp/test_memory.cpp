// SPDX-License-Identifier: Apache-2.0
// Memory that is shared: too much is refused before the system ends a process for it.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "check.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/process_mutex.h"
#include "runtime/platform/shared_memory.h"

using evenlight::availableMemory;
using evenlight::SharedMemory;

TEST(what_is_left_is_told_and_no_more_is_shared) {
    CHECK(availableMemory() > 1U << 20U);
    std::string told;
    try {
        const SharedMemory all(static_cast<std::size_t>(availableMemory()));
    } catch (const evenlight::LackOfMemory& error) {
        told = error.what();
    }
    CHECK(told.find("there is not enough memory left to hand a picture of ") == 0);
}

TEST(shared_memory_can_be_written_to_its_end_and_keeps_its_size) {
    const SharedMemory memory(10000);
    std::memset(memory.data(), 7, memory.size());
    CHECK(memory.size() == 10000);
#ifdef __linux__
    CHECK(ftruncate(memory.descriptor().number(), 1) != 0);  // the host would die of it
#endif
}

TEST(a_lock_of_another_process_is_free) {
    evenlight::ProcessMutex mutex;
    mutex.lock();
    CHECK(!mutex.try_lock());
    const pid_t child = fork();
    if (child == 0) _exit(mutex.try_lock() ? 3 : 4);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3);
    mutex.unlock();
    CHECK(mutex.try_lock());
}
