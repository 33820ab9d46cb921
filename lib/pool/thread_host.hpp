// Workers as threads of this process. A crash ends all of them, and none can be killed.
#pragma once

#include "pool/guardian.hpp"
#include "pool/worker_host.hpp"

#include <pthread.h>
#include <sys/types.h>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace prun::pool {

class ThreadHost final : public WorkerHost {
 public:
  using WorkerMain = std::function<void(std::uint32_t worker)>;

  /// @param request_stop makes every worker leave its loop soon
  /// @param guardian for prun's own process: kills processes that tasks have left running when the threads end; the guardian
  ///   does it if this process is killed. Null: the process belongs to the user's program, and so do its children
  ThreadHost(WorkerMain worker_main, std::uint32_t worker_count, std::function<void()> request_stop,
             std::unique_ptr<Guardian> guardian = nullptr);
  /// Waits for the workers, including running tasks.
  ~ThreadHost() override;

  void start(std::uint32_t worker) override;
  void kill(std::uint32_t worker, int signal) noexcept override;
  [[nodiscard]] int fd() const noexcept override { return -1; }
  [[nodiscard]] std::optional<Event> next_event() override;

 private:
  struct Thread;

  WorkerMain worker_main_;
  std::function<void()> request_stop_;
  std::unique_ptr<Guardian> guardian_;
  std::vector<pid_t> older_children_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::deque<Event> events_;
};

}  // namespace prun::pool
