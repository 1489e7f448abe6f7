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
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;  // SO_NOSIGPIPE instead
#endif

}  // namespace

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

void LocalSocket::send(const void* data, std::size_t size, const int* descriptors,
                       std::size_t count) {
    auto* next = static_cast<char*>(const_cast<void*>(data));  // NOLINT: sendmsg does not write
    constexpr std::size_t kMost = 4;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kMost * sizeof(int))> control{};
    while (size > 0) {
        iovec piece{next, size};
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
        const ssize_t sent = sendmsg(descriptor_.number(), &message, kSendFlags);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) fail(errno);
        count = 0;
        next += sent;
        size -= static_cast<std::size_t>(sent);
    }
}

bool LocalSocket::waitForBytes(std::chrono::milliseconds wait) {
    pollfd waiting{descriptor_.number(), POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(wait.count()));
    if (ready < 0 && errno != EINTR) fail(errno);
    return ready > 0;
}

void LocalSocket::receive(void* data, std::size_t size) {
    auto* next = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t got = recv(descriptor_.number(), next, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(errno);
        if (got == 0) fail(EPIPE);
        next += got;
        size -= static_cast<std::size_t>(got);
    }
}

}  // namespace evenlight
