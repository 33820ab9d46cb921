// A process that does nothing but fork workers and report their ends. It is made once, with the pool, so that a later worker
// begins with the same memory as the first. With Start::fork it is a fork of the master: its other threads may hold locks then,
// but never again. With Start::spawn it is the program executed once more (handover.hpp), as Python's `forkserver`: it has one
// thread and no lock is held.
//
//   master process                server                         workers
//   spawn, kill   -- socket -->   fork(), kill()   -- fork -->   WorkerMain(worker)
//   started, exited <-- socket -- waitpid()        <- SIGCHLD -
//
// Each worker leads a process group of its own and adopts the orphans below it; the server adopts those of a dead worker. So
// what tasks have started ends with their worker, whatever ends it, and in whatever group or session it is.
//
// Deaths: a worker's is reported with its wait status, when nothing of it is left. The master's is seen by the server (end of
// the socket, and its pidfd), which kills every worker and leaves; the server's own death kills the workers too
// (PR_SET_PDEATHSIG), the guardian ends the rest (guardian.hpp), and the master reads the end of the socket: `host_lost`.
#pragma once

#include "pool/guardian.hpp"
#include "pool/server_process.hpp"
#include "pool/worker_host.hpp"
#include "ring/region.hpp"
#include "sys/fd.hpp"
#include "worker/worker_process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace prun::pool {

class ForkServer final : public WorkerHost {
 public:
  /// Runs in a new worker process; the process ends with status 0 when it returns. Must not throw.
  using WorkerMain = std::function<void(std::uint32_t worker)>;

  /// Forks the server, which forks workers 0 to `initial` - 1 at once.
  /// @param region of the pool, which outlives this object
  /// @param last_act the server calls it when all workers have ended and it is about to, whether the master lives or not: to
  ///   give back what a master that was killed cannot. May be empty; must not throw
  /// @throws std::system_error where that fails
  ForkServer(const ring::Region& region, const WorkerMain& worker_main, std::uint32_t initial,
             const std::function<void()>& last_act = {});
  /// What workers of a spawned server need of the master.
  struct SpawnCharge {
    const worker::WorkerSetup* setup = nullptr;  ///< without limits
    int event_fd = -1;
    int modules_fd = -1;
  };
  /// Spawns the server, and returns when it serves.
  /// @throws std::system_error where there is no process to be had, std::invalid_argument where the initializer cannot go there,
  ///   std::runtime_error where the program does not come so far
  ForkServer(const ring::Region& region, const SpawnCharge& charge, std::uint32_t initial);
  /// Kills all workers that are left with all that they have started, and returns when they and the server are gone. A server
  /// that is stopped or hangs is killed after some seconds.
  ~ForkServer() override;

  void start(std::uint32_t worker) override;
  void kill(std::uint32_t worker, int signal) noexcept override;
  [[nodiscard]] int fd() const noexcept override { return socket_.get(); }
  [[nodiscard]] std::optional<Event> next_event() override;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  void send(const ServerRequest& request) noexcept;
  void wait_for_hello();
  [[noreturn]] void give_up(const std::string& why);

  Guardian guardian_;
  sys::Fd socket_;
  pid_t pid_ = 0;
  bool lost_ = false;
};

}  // namespace prun::pool
