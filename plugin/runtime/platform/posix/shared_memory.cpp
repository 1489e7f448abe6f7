// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>

#include "runtime/platform/memory.h"

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

LackOfMemory::LackOfMemory(std::size_t size)
    : std::runtime_error("there is not enough memory left to hand a picture of " +
                         std::to_string(size / 1'000'000 + 1) +
                         " MB to Evenlight's process; close other programs, or work at a lower"
                         " resolution") {}

/// A system that has run out of memory does not say no: it ends a process, and that may be the
/// host. So what is left is looked at first, and an eighth of it stays.
SharedMemory::SharedMemory(std::size_t size) : descriptor_(anonymousMemory()), size_(size) {
    const std::uint64_t available = availableMemory();
    if (size > available - available / 8) throw LackOfMemory(size);
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

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(other.size_) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

SharedMemory::~SharedMemory() {
    if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace evenlight
