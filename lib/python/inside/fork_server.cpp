#include "python/inside/fork_server.hpp"

#include "sys/error.hpp"
#include "sys/patience.hpp"
#include "sys/process.hpp"
#include "sys/process_tree.hpp"
#include "sys/strays.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace prun::python {
namespace {

constexpr std::size_t most_descriptors = 4;
constexpr std::chrono::seconds longest_dying{2};
constexpr rlim_t usual_stack_room = rlim_t{128}
                                    << 20;  // space that the kernel keeps free below the stack of a main thread

/// A fork copies only the calling thread: locks that other threads hold stay locked forever.
bool is_single_threaded() {
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), ::closedir);
  if (!tasks) return false;
  int threads = 0;
  while (const dirent* entry = ::readdir(tasks.get())) threads += entry->d_name[0] != '.' ? 1 : 0;
  return threads == 1;
}

/// The size to which the stack can grow. The space was reserved when this program was started.
bool has_room_for(const rlimit& stack) {
  rlimit own{};
  ::getrlimit(RLIMIT_STACK, &own);
  const auto size = [](const rlimit& limit) { return limit.rlim_cur == RLIM_INFINITY ? 0 : limit.rlim_cur; };
  return size(stack) <= std::max(size(own), usual_stack_room);
}

bool enter(const char* control_group) {
  if (control_group[0] == '\0') return true;
  const sys::Fd file(::open((std::string(control_group) + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  return file && sys::retry_interrupted([&] { return ::write(file.get(), "0", 1); }) == 1;
}

bool take_limits(const ForkRequest& request) {
  return enter(request.control_group.data()) && ::setrlimit(RLIMIT_DATA, &request.data) == 0 &&
         ::setrlimit(RLIMIT_STACK, &request.stack) == 0 && ::setpriority(PRIO_PROCESS, 0, request.nice) == 0 &&
         ::sched_setaffinity(0, sizeof request.cpus, &request.cpus) == 0;
}

template <class Message>
void tell(const sys::Fd& socket, const Message& message) {
  // A dead worker reads nothing and needs no answer.
  sys::retry_short_of_memory(
      [&] { return ::send(socket.get(), &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT); });
}

}  // namespace

ForkServer::ForkServer(int lines, sys::Fd requests) : lines_(lines), requests_(std::move(requests)) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &standard, &on_child_);
}

ForkServer::Event ForkServer::next() {
  // A module may read from the terminal while it is imported. After that, only prun receives the signals of the terminal.
  if (std::exchange(has_imported_, false)) {
    ::setpgid(0, 0);
    of_modules_ = sys::children_of(::getpid());
    std::erase_if(of_modules_, [this](pid_t pid) { return is_forked(pid); });
  }
  for (;;) {
    std::vector<pollfd> waits{{lines_, POLLIN, 0}, {requests_.get(), POLLIN, 0}};
    for (const Child& child : children_) {
      waits.push_back({child.ended.get(), POLLIN, 0});
      waits.push_back({child.worker.get(), 0, 0});  // only its end
    }
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < children_.size(); ++i) {
      serve(children_[i], waits[2 + 2 * i].revents, waits[3 + 2 * i].revents);
    }
    std::erase_if(children_, [](const Child& child) { return child.pid == 0; });
    if (waits[0].revents != 0) {
      char first = 0;
      const auto got = sys::retry_interrupted([&] { return ::recv(lines_, &first, 1, MSG_PEEK); });
      has_imported_ = got == 1;
      if (got != 1) end_all();
      return got == 1 ? Event::line : Event::leave;
    }
    if (waits[1].revents != 0 && take_request()) return Event::fork;
  }
}

/// The child has ended, or its worker is gone and the child must end too.
void ForkServer::serve(Child& child, short ended, short worker) {
  if (ended != 0) {
    EndNotice notice;
    sys::retry_interrupted([&] { return ::waitpid(child.pid, &notice.status, 0); });
    child.pid = 0;
    end_strays();  // before the end is reported, so that no process of a dead worker runs during the next attempt
    tell(child.worker, notice);
  } else if (worker != 0) {
    ::kill(child.pid, SIGKILL);
    child.worker.reset();
  }
}

/// This process adopts the orphaned children of the processes that it has forked.
void ForkServer::end_strays() {
  const auto keep = [this](pid_t pid) {
    return std::ranges::find(of_modules_, pid) != of_modules_.end() || is_forked(pid);
  };
  sys::end_children(keep, longest_dying);
}

bool ForkServer::is_forked(pid_t pid) const {
  return std::ranges::find(children_, pid, &Child::pid) != children_.end();
}

void ForkServer::end_all() {
  for (const Child& child : children_) ::kill(child.pid, SIGKILL);
  children_.clear();
  end_strays();
}

bool ForkServer::take_request() {
  received_.clear();
  iovec data{&request_, sizeof request_};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto got =
      sys::retry_interrupted([&] { return ::recvmsg(requests_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT); });
  if (got == 0) requests_.reset();  // no worker is left
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); got > 0 && part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    std::array<int, most_descriptors> fds{};
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::memcpy(fds.data(), CMSG_DATA(part), count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i) received_.emplace_back(fds[i]);
  }
  if (got != sizeof request_ || received_.size() < 2) return false;
  if (is_single_threaded() && has_room_for(request_.stack)) return true;
  refuse();
  return false;
}

void ForkServer::refuse() const { tell(received_[1], ForkAnswer{}); }

void ForkServer::forked(pid_t pid) {
  if (pid > 0) sys::adopt_orphans();
  sys::Fd ended = pid > 0 ? sys::open_pidfd(pid) : sys::Fd();
  if (ended) {
    tell(received_[1], ForkAnswer{pid});
    children_.push_back({pid, std::move(ended), std::move(received_[1])});
  } else {
    refuse();
    if (pid > 0) {  // a system without pidfd_open(2)
      ::kill(pid, SIGKILL);
      sys::retry_interrupted([&] { return ::waitpid(pid, nullptr, 0); });
    }
  }
  received_.clear();
}

bool ForkServer::become(pid_t server, Place& place) {
  children_.clear();
  requests_.reset();
  ::close(lines_);
  ::sigaction(SIGCHLD, &on_child_, nullptr);
  place.worker = request_.worker;
  place.channel = std::move(received_[0]);
  if (received_.size() == most_descriptors) {
    place.memory = std::move(received_[2]);
    place.event_fd = std::move(received_[3]);
  }
  received_.clear();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return ::getppid() == server && ::setpgid(0, request_.group) == 0 && take_limits(request_);
}

}  // namespace prun::python
