// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>

namespace evenlight {
namespace {

[[noreturn]] void fail(int code = errno) {
    throw std::system_error(code, std::generic_category(), "shared memory");
}

Descriptor anonymousMemory() {
#ifdef __linux__
    return Descriptor(memfd_create("evenlight", MFD_CLOEXEC | MFD_ALLOW_SEALING));
#else
    static std::atomic<unsigned> count{0};
    const std::string name =
        "/evenlight." + std::to_string(getpid()) + "." + std::to_string(count.fetch_add(1));
    Descriptor memory(shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
    shm_unlink(name.c_str());
    if (memory.number() >= 0) fcntl(memory.number(), F_SETFD, FD_CLOEXEC);
    return memory;
#endif
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size) : descriptor_(anonymousMemory()), size_(size) {
    refuseTooMuch(size);
    if (descriptor_.number() < 0) fail();
    if (ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0) fail();
    int flags = MAP_SHARED;
#ifdef __linux__
    // Memory is taken now, where its lack is an error; at the first touch it would be a signal.
    const int lack = posix_fallocate(descriptor_.number(), 0, static_cast<off_t>(size));
    if (lack == ENOSPC || lack == ENOMEM) throw LackOfMemory(size);
    if (lack != 0) fail(lack);
    fcntl(descriptor_.number(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    flags |= MAP_POPULATE;
#endif
    void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, descriptor_.number(), 0);
    if (mapped == MAP_FAILED && errno == ENOMEM) throw LackOfMemory(size);
    if (mapped == MAP_FAILED) fail();
    data_ = static_cast<std::byte*>(mapped);
}

SharedMemory::~SharedMemory() {
    if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace evenlight
