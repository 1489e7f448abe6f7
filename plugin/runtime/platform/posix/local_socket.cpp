// SPDX-License-Identifier: Apache-2.0
#include "runtime/platform/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace evenlight {
namespace {

[[noreturn]] void fail(int code) {
    throw std::system_error(code, std::generic_category());
}

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
constexpr int kSendFlags = MSG_DONTWAIT;  // SO_NOSIGPIPE instead
#endif

/// What a call moved; 0 where it would have had to wait.
std::size_t moved(ssize_t bytes) {
    if (bytes >= 0) return static_cast<std::size_t>(bytes);
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) fail(errno);
    return 0;
}

}  // namespace

LocalSocket::LocalSocket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

std::pair<LocalSocket, Descriptor> LocalSocket::pair() {
    std::array<int, 2> ends{};
#ifdef SOCK_CLOEXEC
    constexpr int kType = SOCK_STREAM | SOCK_CLOEXEC;
#else
    constexpr int kType = SOCK_STREAM;
#endif
    if (socketpair(AF_UNIX, kType, 0, ends.data()) != 0) fail(errno);
    Descriptor ours(ends[0]);
    Descriptor theirs(ends[1]);
#ifndef SOCK_CLOEXEC
    for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
#endif
#ifdef SO_NOSIGPIPE
    const int yes = 1;
    setsockopt(ours.number(), SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
    return {LocalSocket(std::move(ours)), std::move(theirs)};
}

void LocalSocket::meet() {}

void LocalSocket::setPeer(const LocalSocket& /*met*/) {}

std::size_t LocalSocket::send(const void* data, std::size_t size,
                              const DescriptorNumber* descriptors, std::size_t count) {
    constexpr std::size_t kMost = 4;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kMost * sizeof(int))> control{};
    iovec piece{const_cast<void*>(data), size};  // NOLINT: sendmsg does not write
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (count > 0) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        std::memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    return moved(sendmsg(descriptor_.number(), &message, kSendFlags));
}

std::size_t LocalSocket::receive(void* data, std::size_t size) {
    const ssize_t got = recv(descriptor_.number(), data, size, MSG_DONTWAIT);
    if (got == 0) fail(EPIPE);
    return moved(got);
}

bool LocalSocket::waitForBytes(std::chrono::milliseconds wait) {
    return this->wait(POLLIN, wait);
}

bool LocalSocket::waitForRoom(std::chrono::milliseconds wait) {
    return this->wait(POLLOUT, wait);
}

bool LocalSocket::wait(short event, std::chrono::milliseconds time) {
    pollfd waiting{descriptor_.number(), event, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(time.count()));
    if (ready < 0 && errno != EINTR) fail(errno);
    return ready > 0;
}

}  // namespace evenlight
