// Workers as threads of this process. They share its fate: a crash is everybody's, and none can be killed.
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
  /// @param guardian of a process that is prun's own: what tasks have left running is ended with the threads, and by the guardian
  ///   where this process is killed. Null: the process is somebody else's, and so are its children
  ThreadHost(WorkerMain worker_main, std::uint32_t worker_count, std::function<void()> request_stop,
             std::unique_ptr<Guardian> guardian = nullptr);
  /// Waits for the workers, a running task included.
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
