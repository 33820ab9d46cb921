// The process that forks workers. As a child subreaper it adopts the processes that a dead worker leaves, and kills them
// before it reports the death. So no process of a dead worker runs during the next attempt. It does not know tasks.
//
// If it dies, the workers die with it (PR_SET_PDEATHSIG), and the guardian kills the rest (guardian.hpp). If the master
// dies, it sees the end of the socket, or of the master's pidfd, and exits as if it was told to.
#pragma once

#include "pool/guardian.hpp"
#include "pool/worker_host.hpp"
#include "ring/region.hpp"
#include "sys/fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace prun::pool {

/// A request of the master, one datagram each.
struct ServerRequest {
  enum class Kind : std::uint32_t { spawn, kill } kind = Kind::spawn;
  std::uint32_t worker = 0;
  std::int32_t signal = 0;
};

struct ServerCharge {
  const ring::Region* region = nullptr;
  const std::function<void(std::uint32_t worker)>* worker_main = nullptr;
  std::uint32_t initial = 0;                        ///< workers to fork immediately: 0 to `initial` - 1
  const std::function<void()>* last_act = nullptr;  ///< called when all workers have ended
  bool guarded = false;                             ///< the guardian starts before any worker
};

/// No function throws, because there is nothing to catch it.
class ServerProcess {
 public:
  ServerProcess(const ServerCharge& charge, sys::Fd socket, Guardian& guardian, pid_t master);
  [[noreturn]] void run();

 private:
  using Event = WorkerHost::Event;

  void serve();
  void spawn(std::uint32_t worker);
  void signal_worker(std::uint32_t worker, int signal);
  static void signal_groups_below(pid_t worker, int signal);
  [[noreturn]] void become_worker(std::uint32_t worker, pid_t server);
  void reap();
  void on_worker_end(std::uint32_t worker, pid_t pid);
  void on_stop(pid_t pid);
  [[nodiscard]] std::uint32_t worker_with(pid_t pid) const noexcept;
  void end_strays();
  void report(const Event& event);
  void send_reports();
  [[noreturn]] void leave();

  ServerCharge charge_;
  void (*user_signal_before_)(int) = nullptr;  ///< what workers do at SIGUSR1
  sys::Fd socket_;
  Guardian* guardian_;
  sys::Fd master_;
  pid_t master_pid_;
  std::vector<pid_t> pids_;
  std::deque<Event> unsent_;
};

}  // namespace prun::pool
