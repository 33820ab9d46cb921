// A process that only forks workers and reports their ends. It is started once, with the pool, so that a later worker starts
// with the same memory as the first. With Start::fork it is a fork of the master: other threads may hold locks at that
// moment, but not at later ones. With Start::spawn it is the program, executed again (handover.hpp), like Python's
// `forkserver`: it has one thread, and no lock is held.
//
//   master process                server                         workers
//   spawn, kill   -- socket -->   fork(), kill()   -- fork -->   WorkerMain(worker)
//   started, exited <-- socket -- waitpid()        <- SIGCHLD -
//
// Each worker leads a process group and adopts its orphaned descendants. The server adopts those of a dead worker. So the
// processes of a task end with its worker, however the worker ends, even if they are in another group or session.
//
// Deaths: the server reports a worker's death when none of its processes is left. When the master dies, the server notices
// (end of the socket, pidfd), kills every worker and exits. When the server dies, the kernel kills the workers
// (PR_SET_PDEATHSIG), the guardian kills the rest (guardian.hpp), and the master sees the end of the socket: `host_lost`.
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
  /// Runs in a new worker process. The process exits with status 0 when it returns. Must not throw.
  using WorkerMain = std::function<void(std::uint32_t worker)>;

  /// Forks the server, which immediately forks workers 0 to `initial` - 1.
  /// @param region of the pool; must outlive this object
  /// @param last_act called by the server when all workers have ended, before it exits, even if the master is dead: it
  ///   releases what a killed master cannot. May be empty. Must not throw
  /// @param guarded the guardian starts before any worker; otherwise it starts some milliseconds later
  /// @throws std::system_error if that fails
  ForkServer(const ring::Region& region, const WorkerMain& worker_main, std::uint32_t initial,
             const std::function<void()>& last_act = {}, bool guarded = false);
  /// What the workers of a spawned server need from the master.
  struct SpawnCharge {
    const worker::WorkerSetup* setup = nullptr;  ///< without limits
    int event_fd = -1;
    int modules_fd = -1;
  };
  /// Spawns the server. Returns when it is ready.
  /// @throws std::system_error if no process is available, std::invalid_argument if the initializer cannot be sent,
  ///   std::runtime_error if the program fails before it is ready
  ForkServer(const ring::Region& region, const SpawnCharge& charge, std::uint32_t initial);
  /// Kills all remaining workers and their processes. Returns when they and the server have exited. Kills a stopped or
  /// hanging server after some seconds.
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
