#include "pool/fork_server.hpp"

#include "sys/error.hpp"
#include "sys/process.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <deque>
#include <utility>
#include <vector>

namespace prun::pool {
namespace {

std::int64_t microseconds(const timeval& time) { return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

WorkerHost::Used used_of(const rusage& used) {
  return {microseconds(used.ru_utime), microseconds(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024,
          static_cast<std::uint64_t>(used.ru_minflt), static_cast<std::uint64_t>(used.ru_majflt)};
}

}  // namespace

/// What runs in the server's process. Nothing here throws: there is nobody to catch it.
class ForkServer::Server {
 public:
  Server(const WorkerMain& worker_main, std::uint32_t worker_count, sys::Fd socket, pid_t master,
         const std::function<void()>& last_act)
      : worker_main_(&worker_main),
        last_act_(&last_act),
        socket_(std::move(socket)),
        master_(sys::open_pidfd(master)),
        pids_(worker_count) {
    ::prctl(PR_SET_NAME, "prun-forkserver");
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    sys::reset_signal_actions();  // once for all workers, which inherit them
    ::signal(SIGCHLD, SIG_DFL);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    children_ = sys::Fd(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    if (::getppid() != master) leave();
  }

  [[noreturn]] void run(std::uint32_t initial) {
    for (std::uint32_t worker = 0; worker < initial; ++worker) spawn(worker);
    std::array<pollfd, 3> waits{pollfd{socket_.get(), POLLIN, 0}, pollfd{children_.get(), POLLIN, 0},
                                pollfd{master_.get(), POLLIN, 0}};
    for (;;) {
      waits[0].events = static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT);
      if (::poll(waits.data(), waits.size(), -1) < 0) continue;
      if (waits[2].revents != 0) leave();
      if ((waits[0].revents & POLLOUT) != 0) send_reports();
      if (waits[1].revents != 0) reap();
      if ((waits[0].revents & ~POLLOUT) != 0) serve();
    }
  }

 private:
  void serve() {
    Request request{};
    const auto got = ::recv(socket_.get(), &request, sizeof request, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got != static_cast<ssize_t>(sizeof request)) leave();
    if (request.kind == Request::Kind::spawn) {
      spawn(request.worker);
    } else if (pids_[request.worker] > 0) {
      sys::kill_group(pids_[request.worker], request.signal);
    }
  }

  void spawn(std::uint32_t worker) {
    const pid_t server = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::setpgid(0, 0);  // what its tasks start is in its group and ends with it
      sys::die_with_parent(server, SIGKILL);
      socket_.reset();
      children_.reset();
      master_.reset();
      (*worker_main_)(worker);
      ::_exit(0);
    }
    if (pid < 0) {
      report({Event::Kind::spawn_failed, worker, 0, errno});
      return;
    }
    ::setpgid(pid, pid);  // whoever of the two comes first
    pids_[worker] = pid;
    report({Event::Kind::started, worker, pid, 0});
  }

  void reap() {
    signalfd_siginfo info{};
    while (::read(children_.get(), &info, sizeof info) > 0) {
    }
    siginfo_t ended{};
    // Looked at before it is reaped: as long as it is there, its id is no other group's.
    while (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0) {
      const pid_t pid = std::exchange(ended.si_pid, 0);
      ::kill(-pid, SIGKILL);
      int status = 0;
      rusage used{};
      ::wait4(pid, &status, 0, &used);
      for (std::uint32_t worker = 0; worker < pids_.size(); ++worker) {
        if (pids_[worker] != pid) continue;
        pids_[worker] = 0;
        report({Event::Kind::exited, worker, pid, status, used_of(used)});
      }
    }
  }

  // Never blocks: the master may be blocked sending requests itself.
  void report(const Event& event) {
    unsent_.push_back(event);
    send_reports();
  }

  void send_reports() {
    while (!unsent_.empty()) {
      if (::send(socket_.get(), &unsent_.front(), sizeof(Event), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno == EAGAIN || errno == EINTR) return;
        leave();
      }
      unsent_.pop_front();
    }
  }

  [[noreturn]] void leave() {
    for (const pid_t pid : pids_) {
      if (pid > 0) sys::kill_group(pid, SIGKILL);
    }
    while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
    if (*last_act_) (*last_act_)();
    ::_exit(0);
  }

  const WorkerMain* worker_main_;
  const std::function<void()>* last_act_;
  sys::Fd socket_;
  sys::Fd children_;
  sys::Fd master_;
  std::vector<pid_t> pids_;
  std::deque<Event> unsent_;
};

ForkServer::ForkServer(const WorkerMain& worker_main, std::uint32_t worker_count, std::uint32_t initial,
                       const std::function<void()>& last_act) {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  socket_ = sys::Fd(ends[0]);
  sys::Fd server_end(ends[1]);
  const pid_t master = ::getpid();
  pid_ = sys::checked(::fork(), "cannot fork");
  if (pid_ == 0) {
    socket_.reset();
    Server(worker_main, worker_count, std::move(server_end), master, last_act).run(initial);
  }
}

ForkServer::~ForkServer() {
  // Closing is not enough: processes forked meanwhile, such as another pool's, hold the socket open too.
  ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.reset();
  sys::retry_interrupted([this] { return ::waitpid(pid_, nullptr, 0); });
}

void ForkServer::start(std::uint32_t worker) { send({Request::Kind::spawn, worker, 0}); }

void ForkServer::kill(std::uint32_t worker, int signal) noexcept { send({Request::Kind::kill, worker, signal}); }

// A request that cannot be sent means that the server is gone, which next_event() tells.
void ForkServer::send(const Request& request) noexcept {
  sys::retry_interrupted([&] { return ::send(socket_.get(), &request, sizeof request, MSG_NOSIGNAL); });
}

std::optional<WorkerHost::Event> ForkServer::next_event() {
  if (lost_) return std::nullopt;
  Event event{};
  const auto got = sys::retry_interrupted([&] { return ::recv(socket_.get(), &event, sizeof event, MSG_DONTWAIT); });
  if (got == static_cast<ssize_t>(sizeof event)) return event;
  if (got < 0 && errno == EAGAIN) return std::nullopt;
  lost_ = true;
  return Event{Event::Kind::host_lost, 0, pid_, 0};
}

}  // namespace prun::pool
