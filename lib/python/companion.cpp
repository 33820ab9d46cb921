#include "python/companion.hpp"

#include "python/fork_messages.hpp"
#include "sys/error.hpp"
#include "sys/patience.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace prun::python {
namespace {

struct Pair {
  sys::Fd own;
  sys::Fd other;
};

Pair socket_pair(int type) {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {sys::Fd(ends[0]), sys::Fd(ends[1])};
}

/// The state that a child of this process would inherit.
ForkRequest request_of(const Place& place) {
  ForkRequest request;
  request.worker = place.worker;
  request.group = ::getpgrp();
  request.nice = ::getpriority(PRIO_PROCESS, 0);
  ::getrlimit(RLIMIT_DATA, &request.data);
  ::getrlimit(RLIMIT_STACK, &request.stack);
  ::sched_getaffinity(0, sizeof request.cpus, &request.cpus);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): set before the worker began
  const std::string_view mark = std::getenv("PRUN_POOL") != nullptr ? std::getenv("PRUN_POOL") : "";
  if (mark.size() < request.pool_mark.size()) std::memcpy(request.pool_mark.data(), mark.data(), mark.size());
  if (place.control_group.size() < request.control_group.size()) {
    std::memcpy(request.control_group.data(), place.control_group.data(), place.control_group.size());
  }
  return request;
}

bool send_request(int socket, ForkRequest request, std::array<int, 4> fds, std::size_t count) {
  iovec data{&request, sizeof request};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(rights), fds.data(), count * sizeof(int));
  return sys::retry_short_of_memory([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); }) > 0;
}

}  // namespace

Companion::Companion(std::unique_ptr<command::ChildProcess> child) noexcept
    : child_(std::move(child)), pid_(child_->pid()) {}

Companion::Companion(pid_t forked, sys::Fd end) noexcept : end_(std::move(end)), pid_(forked) {}

Companion::~Companion() { end_.reset(); }  // this ends a forked one; `child_` ends the other kind

void Companion::kill() const noexcept { ::kill(pid_, SIGKILL); }

int Companion::wait() {
  if (child_) return child_->wait().status;
  EndNotice notice;
  const auto got = sys::retry_interrupted([&] { return ::recv(end_.get(), &notice, sizeof notice, 0); });
  return got == sizeof notice ? notice.status : SIGKILL;  // the process that would report it is dead, and so both are
}

std::optional<ForkedPython> fork_python(int requests, const Place& place) {
  if (requests < 0 || place.control_group.size() >= ForkRequest{}.control_group.size()) return std::nullopt;
  Pair channel = socket_pair(SOCK_STREAM);
  Pair end = socket_pair(SOCK_SEQPACKET);
  const std::array<int, 4> fds{channel.other.get(), end.other.get(), place.memory, place.event_fd};
  if (!send_request(requests, request_of(place), fds, place.memory >= 0 ? 4 : 2)) return std::nullopt;
  channel.other.reset();
  end.other.reset();
  ForkAnswer answer;
  const auto got = sys::retry_interrupted([&] { return ::recv(end.own.get(), &answer, sizeof answer, 0); });
  if (got != sizeof answer || answer.pid <= 0) return std::nullopt;
  return ForkedPython{std::make_unique<Companion>(answer.pid, std::move(end.own)), std::move(channel.own)};
}

}  // namespace prun::python
