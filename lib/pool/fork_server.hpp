// A process that does nothing but fork workers and report their ends. It is forked once, when the pool is made, so that a
// later worker begins with the same memory as the first, and no fork ever happens while other threads of the user's process
// hold locks (as with Python's `forkserver`, without the cost of a new program).
//
//   master process                fork server                    workers
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

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>

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

  Guardian guardian_;
  sys::Fd socket_;
  pid_t pid_ = 0;
  bool lost_ = false;
};

}  // namespace prun::pool
