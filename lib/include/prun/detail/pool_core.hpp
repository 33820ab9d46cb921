// The common base of all typed pools: the workers, the thread that serves them while no caller waits, and the lock. It is
// the only internal interface that typed headers use.
#pragma once

#include <prun/detail/job.hpp>
#include <prun/start.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace prun::detail {

class InputReader;

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// @throws std::invalid_argument for a negative timeout
[[nodiscard]] Deadline deadline_after(const std::optional<std::chrono::nanoseconds>& timeout);

class PoolCore {
 public:
  struct Options {
    std::uint32_t workers = 0;  ///< 0: the number of CPUs that this process may use
    bool threads = false;
    bool on_demand = false;
    Start start = Start::fork;
    std::uint64_t max_tasks_per_child = 0;
    std::uint64_t seed = 0;
    std::uint64_t memory_limit = 0;  ///< bytes of private memory that a worker process may have; 0: no limit
    std::chrono::microseconds cpu_time_limit{0};  ///< of a call in a worker process; 0: no limit
    std::function<void()> initializer;
  };
  using Lock = std::unique_lock<std::mutex>;

  /// Sets `place`, which stays empty until the workers are forked. It stays empty in a program that was spawned as a server.
  static void make(std::shared_ptr<PoolCore>& place, Options options);
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;
  /// Calls terminate().
  ~PoolCore();

  [[nodiscard]] std::uint32_t workers() const noexcept;

  /// Hold it for every function below that takes a Lock, and while you access the state of a job.
  [[nodiscard]] Lock lock();
  /// For a thread that holds another lock: does not wait. @return a lock without ownership if another thread has the mutex
  [[nodiscard]] Lock try_lock();

  /// Queues a job, or queues it again when it has chunks again. New jobs need an open pool. @throws MisuseError after
  /// close(), BrokenPoolError
  void submit(Lock&, const std::shared_ptr<Job>& job);
  void resubmit(Lock&, const std::shared_ptr<Job>& job);
  void require_open(Lock&) const;
  /// Returns the number for a new call, for `call_number` of the job. Throws as submit() does.
  [[nodiscard]] std::uint64_t new_call(Lock&);

  /// Registers a stream whose inputs are to be read before the pool ends.
  void attach(Lock&, InputReader& reader);
  void detach(Lock&, InputReader& reader);
  /// Returns true if the pool runs no calls: it has ended, is broken, or its calls were cancelled.
  [[nodiscard]] bool refuses(Lock&) const noexcept;
  /// The reason for that, as an exception.
  [[nodiscard]] std::exception_ptr refusal(Lock&) const;

  /// Waits until `done()` returns true; returns false at the deadline. The calling thread serves the pool meanwhile.
  bool wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline);

  /// Cancels the chunks of a job that no worker has claimed. They fail as cancelled.
  void cancel(Lock&, Job& job);
  [[nodiscard]] bool running(Lock&, const Job& job, std::uint64_t index);

  /// The job, which has been submitted, has chunks again. Call it with the lock held, from the job.
  void queue_again(Job& job);

  /// Makes the pool's own thread call a callback soon, without the lock. Call it with the lock held (from a job).
  void defer(std::function<void()> callback);

  /// Wakes waiting threads. For a job that ended without a worker's outcome. Call it with the lock held (from a job).
  void settled();

  /// This process is a child of the process that made the pool and must not use it.
  [[nodiscard]] bool foreign() const noexcept;

  /// Refuses new jobs.
  void close();
  /// After close(): returns when all inputs are read, all work is done and all workers have exited.
  void join();
  /// Ends everything immediately. Calls that have not ended fail as cancelled.
  void terminate();
  /// Cancels everything that no worker has claimed.
  void cancel_pending();
  /// Sends a signal to every worker and cancels what no worker has begun. Refuses new jobs.
  void end_workers(int signal);
  [[nodiscard]] std::vector<std::int32_t> worker_pids();

 private:
  struct State;
  explicit PoolCore(const Options& options);

  std::shared_ptr<State>
      state_;  // shared with the server thread, which may outlive a pool that its own callback destroys
};

/// The inputs of a stream, as the pool sees them. All functions are called with the lock of the pool.
class InputReader {
 public:
  enum class State : std::uint8_t {
    open,  ///< read_all() may be called
    busy,  ///< another thread is reading
    ended  ///< nothing is left to read, or the pool must not read it
  };
  [[nodiscard]] virtual State state() const noexcept = 0;
  /// Reads the remaining inputs and hands them to the pool. Releases the lock while it reads.
  virtual void read_all(PoolCore::Lock& lock) = 0;

 protected:
  ~InputReader() = default;
};

/// A pool's pointer to its core. Workers are forked while the core is made, so the pointer is empty in their copy of the
/// pool. A function that uses the pool that runs it is told so.
class OwnCore {
 public:
  explicit OwnCore(PoolCore::Options options);
  OwnCore(OwnCore&&) noexcept = default;
  OwnCore& operator=(OwnCore&&) noexcept = default;
  /// @throws MisuseError in a worker of this pool, and for a pool that was moved from
  [[nodiscard]] const std::shared_ptr<PoolCore>& get() const;
  [[nodiscard]] PoolCore* operator->() const { return get().get(); }
  [[nodiscard]] bool foreign() const noexcept { return !core_ || core_->foreign(); }

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace prun::detail
