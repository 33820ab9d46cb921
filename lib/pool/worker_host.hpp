// The interface to workers in processes (ForkServer) or threads (ThreadHost): starts and kills them, and reports their ends.
// It does not know tasks.
#pragma once

#include <cstdint>
#include <optional>

namespace prun::pool {

class WorkerHost {
 public:
  /// Resource usage of a process and its reaped children.
  struct Used {
    std::int64_t user_us = 0;
    std::int64_t system_us = 0;
    std::uint64_t max_rss = 0;  ///< bytes
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
  };
  struct Event {
    enum class Kind : std::uint32_t {
      started,
      exited,
      spawn_failed,
      wants_terminal,  ///< the worker was stopped because it tried to use the terminal, which it cannot have
      host_lost,       ///< the host itself has died, and every worker with it
    } kind = Kind::started;
    std::uint32_t worker = 0;
    std::int32_t pid = 0;
    std::int32_t status = 0;  ///< of exited: as waitpid(2) returns it; of spawn_failed: errno; of
                              ///< wants_terminal: SIGTTIN or SIGTTOU
    Used used{};              ///< of exited
  };

  WorkerHost() = default;
  WorkerHost(const WorkerHost&) = delete;
  WorkerHost& operator=(const WorkerHost&) = delete;
  /// Kills the remaining workers, and returns when they have exited.
  virtual ~WorkerHost() = default;

  /// Starts worker `worker`, which must not be running. The answer is started or spawn_failed.
  virtual void start(std::uint32_t worker) = 0;
  /// Sends a signal to a worker unless it has ended. Threads cannot be killed and ignore it.
  virtual void kill(std::uint32_t worker, int signal) noexcept = 0;
  /// Readable when there is an event; -1 if events only follow calls of start().
  [[nodiscard]] virtual int fd() const noexcept = 0;
  /// The next event, without waiting. None after host_lost.
  [[nodiscard]] virtual std::optional<Event> next_event() = 0;
};

}  // namespace prun::pool
