#include "pool/server_process.hpp"

#include "sys/error.hpp"
#include "sys/patience.hpp"
#include "sys/process.hpp"
#include "sys/process_tree.hpp"
#include "sys/strays.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <utility>

namespace prun::pool {
namespace {

using Clock = std::chrono::steady_clock;

// A killed process exits within milliseconds unless it hangs in the kernel, so the wait for it is limited.
constexpr std::chrono::seconds longest_dying{2};

// A shorter run of functions that start no processes leaves nothing behind, and saves the two forks of the guardian.
constexpr std::chrono::milliseconds unguarded_time{20};

std::int64_t microseconds(const timeval& time) { return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

WorkerHost::Used used_of(const rusage& used) {
  return {microseconds(used.ru_utime), microseconds(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024,
          static_cast<std::uint64_t>(used.ru_minflt), static_cast<std::uint64_t>(used.ru_majflt)};
}

/// The signals that end a wait of the server: SIGCHLD, and the one that the kernel sends when the master's thread exits. They need no
/// descriptor, of which there may be none.
constexpr std::array awaited_signals{SIGCHLD, SIGUSR1};

/// While the server waits, only these are not blocked.
sigset_t mask_of_wait() noexcept {
  sigset_t mask;
  sigfillset(&mask);
  for (const int signal : awaited_signals) sigdelset(&mask, signal);
  return mask;
}

}  // namespace

ServerProcess::ServerProcess(const ServerCharge& charge, sys::Fd socket, Guardian& guardian, pid_t master)
    : charge_(charge),
      socket_(std::move(socket)),
      guardian_(&guardian),
      master_(sys::open_pidfd(master)),
      master_pid_(master),
      pids_(charge.region->header().worker_count) {
  ::prctl(PR_SET_NAME, "prun-forkserver");
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  sys::reset_signal_actions();  // once for all workers, which inherit them
  const auto note = [](int) {};
  ::signal(SIGCHLD, note);
  user_signal_before_ = ::signal(SIGUSR1, note);
  if (!master_) ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
  if (::getppid() != master) leave();
}

void ServerProcess::run() {
  guardian_->mark_environment();
  bool guarded = charge_.guarded;
  if (guarded) guardian_->start(master_pid_);
  for (std::uint32_t worker = 0; worker < charge_.initial; ++worker) spawn(worker);
  sys::adopt_orphans();
  const auto guarded_from = Clock::now() + unguarded_time;
  const sigset_t mask = mask_of_wait();
  constexpr timespec unguarded{0, std::chrono::nanoseconds(unguarded_time).count()};
  std::array<pollfd, 2> waits{pollfd{socket_.get(), POLLIN, 0}, pollfd{master_.get(), POLLIN, 0}};
  for (;;) {
    waits[0].events = static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT);
    const int ready = ::ppoll(waits.data(), waits.size(), guarded ? nullptr : &unguarded, &mask);
    if (ready < 0 && errno == EINTR) reap();
    if (!guarded && Clock::now() >= guarded_from) {
      guardian_->start(master_pid_);
      guarded = true;
    }
    if (ready <= 0) continue;
    if (waits[1].revents != 0) leave();
    if ((waits[0].revents & POLLOUT) != 0) send_reports();
    if ((waits[0].revents & ~POLLOUT) != 0) serve();
  }
}

void ServerProcess::serve() {
  ServerRequest request;
  const auto got = ::recv(socket_.get(), &request, sizeof request, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got != static_cast<ssize_t>(sizeof request)) leave();
  if (request.kind == ServerRequest::Kind::spawn) {
    spawn(request.worker);
  } else if (pids_[request.worker] > 0) {
    signal_worker(request.worker, request.signal);
  }
}

// The command of a worker is in a separate group. It is stopped and continued with its worker. A signal that kills the
// worker ends the command too.
void ServerProcess::signal_worker(std::uint32_t worker, int signal) {
  sys::kill_group(pids_[worker], signal);
  const pid_t command = charge_.region->worker(worker).child_group.load();
  if (command > 1 && signal != SIGKILL) ::kill(-command, signal);
  if (signal == SIGSTOP || signal == SIGCONT) signal_groups_below(pids_[worker], signal);
}

// A worker that is stopped just after a fork has not published the group of its command. A process that a function starts may lead
// a group too. A fork that has not completed when SIGSTOP arrives completes after SIGCONT, so this search finds all groups.
void ServerProcess::signal_groups_below(pid_t worker, int signal) {
  for (const pid_t process : sys::descendants_of(worker)) {
    if (::getpgid(process) == process) ::kill(-process, signal);
  }
}

void ServerProcess::spawn(std::uint32_t worker) {
  const pid_t server = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become_worker(worker, server);
  if (pid < 0) {
    report({Event::Kind::spawn_failed, worker, 0, errno});
    return;
  }
  ::setpgid(pid, pid);  // in both processes, because either may come first
  pids_[worker] = pid;
  report({Event::Kind::started, worker, pid, 0});
}

void ServerProcess::become_worker(std::uint32_t worker, pid_t server) {
  ::setpgid(0, 0);  // its tasks' processes are in its group and end with it
  sys::die_with_parent(server, SIGKILL);
  sys::adopt_orphans();  // processes that a task leaves behind become children of its worker
  ::signal(SIGCHLD, SIG_DFL);
  ::signal(SIGUSR1, user_signal_before_);  // ignored, for example, as long as a scheduler may send it to all processes
  socket_.reset();
  master_.reset();
  guardian_->leave_to_server();
  (*charge_.worker_main)(worker);
  ::_exit(0);
}

void ServerProcess::reap() {
  if (::getppid() != master_pid_) leave();
  siginfo_t news{};
  // Looks before it reaps: until then its id is not the id of another group.
  const auto look = [&news] { return ::waitid(P_ALL, 0, &news, WEXITED | WSTOPPED | WNOHANG | WNOWAIT); };
  while (sys::retry_interrupted(look) == 0 && news.si_pid != 0) {
    const pid_t pid = std::exchange(news.si_pid, 0);
    if (news.si_code == CLD_STOPPED || news.si_code == CLD_TRAPPED) {
      on_stop(pid);
    } else if (const std::uint32_t worker = worker_with(pid); worker < pids_.size()) {
      on_worker_end(worker, pid);
    } else {
      ::waitpid(pid, nullptr, WNOHANG);
    }
  }
}

void ServerProcess::on_worker_end(std::uint32_t worker, pid_t pid) {
  ::kill(-pid, SIGKILL);
  int status = 0;
  rusage used{};
  if (sys::retry_interrupted([&] { return ::wait4(pid, &status, 0, &used); }) != pid)
    status = SIGKILL;  // unknown, but not a success
  pids_[worker] = 0;
  end_strays();
  report({Event::Kind::exited, worker, pid, status, used_of(used)});
}

// A worker in a background group that reads from the terminal, or changes it, is stopped by the system forever.
void ServerProcess::on_stop(pid_t pid) {
  siginfo_t stop{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &stop, WSTOPPED | WNOHANG) != 0 || stop.si_pid == 0) return;
  const std::uint32_t worker = worker_with(pid);
  const bool for_terminal = stop.si_status == SIGTTIN || stop.si_status == SIGTTOU;
  if (worker < pids_.size() && for_terminal) report({Event::Kind::wants_terminal, worker, pid, stop.si_status});
}

std::uint32_t ServerProcess::worker_with(pid_t pid) const noexcept {
  return static_cast<std::uint32_t>(std::ranges::find(pids_, pid) - pids_.begin());
}

// Children that are not workers were descendants of a dead worker.
void ServerProcess::end_strays() {
  const auto kept = [this](pid_t child) { return worker_with(child) < pids_.size() || guardian_->is_own(child); };
  sys::end_children(kept, longest_dying);
}

// Never blocks, because the master may be blocked sending requests.
void ServerProcess::report(const Event& event) {
  unsent_.push_back(event);
  send_reports();
}

void ServerProcess::send_reports() {
  while (!unsent_.empty()) {
    const auto send = [&] {
      return ::send(socket_.get(), &unsent_.front(), sizeof(Event), MSG_NOSIGNAL | MSG_DONTWAIT);
    };
    if (sys::retry_short_of_memory(send) < 0) {
      if (errno == EAGAIN) return;
      leave();
    }
    unsent_.pop_front();
  }
}

void ServerProcess::leave() {
  for (const pid_t pid : pids_) {
    if (pid > 0) sys::kill_group(pid, SIGKILL);
  }
  const auto limit = Clock::now() + longest_dying;
  for (pid_t& pid : pids_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
    if (pid > 0 && sys::child_ends_within(pid, std::max(left, std::chrono::milliseconds(0))))
      ::waitpid(pid, nullptr, WNOHANG);
    pid = 0;
  }
  sys::adopt_orphans();
  end_strays();
  if (*charge_.last_act) (*charge_.last_act)();
  guardian_->dismiss();
  ::_exit(0);
}

}  // namespace prun::pool
