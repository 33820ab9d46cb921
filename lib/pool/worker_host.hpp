// Where workers live: in processes (ForkServer) or in threads (ThreadHost). Starts them, ends them, tells of their ends.
// Knows nothing of tasks.
#pragma once

#include <cstdint>
#include <optional>

namespace prun::pool {

class WorkerHost {
 public:
  /// What a process has used in its life, with those that it has waited for.
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
      wants_terminal,  ///< the worker was stopped because it wants the terminal, which it cannot have
      host_lost,       ///< the host itself has died, and every worker with it
    } kind = Kind::started;
    std::uint32_t worker = 0;
    std::int32_t pid = 0;
    std::int32_t status = 0;  ///< of exited: as waitpid(2) gives it; of spawn_failed: errno; of
                              ///< wants_terminal: SIGTTIN or SIGTTOU
    Used used{};              ///< of exited
  };

  WorkerHost() = default;
  WorkerHost(const WorkerHost&) = delete;
  WorkerHost& operator=(const WorkerHost&) = delete;
  /// Ends what is left of the workers, and returns when they are gone.
  virtual ~WorkerHost() = default;

  /// Asks for worker `worker`, which must not be running. Answered by started or spawn_failed.
  virtual void start(std::uint32_t worker) = 0;
  /// Sends a signal to a worker, unless it has ended. Threads cannot be killed: they ignore it.
  virtual void kill(std::uint32_t worker, int signal) noexcept = 0;
  /// Readable when there is an event; -1 where events only follow calls of start().
  [[nodiscard]] virtual int fd() const noexcept = 0;
  /// The next event, without waiting. After host_lost there is none.
  [[nodiscard]] virtual std::optional<Event> next_event() = 0;
};

}  // namespace prun::pool
