// What every typed pool stands on: the workers, the thread that looks after them while nobody waits, the lock round it all.
// Typed headers see only this.
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

/// @throws std::invalid_argument where the time is negative
[[nodiscard]] Deadline deadline_after(const std::optional<std::chrono::nanoseconds>& timeout);

class PoolCore {
 public:
  struct Options {
    std::uint32_t workers = 0;  ///< 0: as many as the CPUs that this process may use
    bool threads = false;
    bool on_demand = false;
    Start start = Start::fork;
    std::uint64_t max_tasks_per_child = 0;
    std::uint64_t seed = 0;
    std::function<void()> initializer;
  };
  using Lock = std::unique_lock<std::mutex>;

  /// Sets `place`, which is empty until the workers are forked. It stays empty in a program that was spawned to be a server.
  static void make(std::shared_ptr<PoolCore>& place, Options options);
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;
  /// As terminate().
  ~PoolCore();

  [[nodiscard]] std::uint32_t workers() const noexcept;

  /// To be held for every function below that takes a Lock, and while a job's state is touched.
  [[nodiscard]] Lock lock();

  /// Queues a job, or queues it again because it has chunks again. New jobs are for open pools only.
  /// @throws MisuseError after close(), BrokenPoolError
  void submit(Lock&, const std::shared_ptr<Job>& job);
  void resubmit(Lock&, const std::shared_ptr<Job>& job);
  void require_open(Lock&) const;
  /// The number of one more call, a job's `call_number`. @throws as submit()
  [[nodiscard]] std::uint64_t new_call(Lock&);

  /// A stream is there whose inputs are to be read before the pool ends.
  void attach(Lock&, InputReader& reader);
  void detach(Lock&, InputReader& reader);
  /// It runs nothing any more: it has ended, is broken, or its calls were withdrawn.
  [[nodiscard]] bool refuses(Lock&) const noexcept;
  /// Why, as an exception.
  [[nodiscard]] std::exception_ptr refusal(Lock&) const;

  /// Returns when `done()` holds, true, or at the deadline, false. Until then the calling thread serves the pool.
  bool wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline);

  /// Withdraws what no worker has claimed of a job, which then fails as cancelled.
  void cancel(Lock&, Job& job);
  [[nodiscard]] bool running(Lock&, const Job& job, std::uint64_t index);

  /// Has a callback called soon, by the pool's own thread, without the lock. Called with the lock held (by a job).
  void defer(std::function<void()> callback);

  /// Wakes who waits. For a job that has ended otherwise than by a worker's outcome. Called with the lock held (by a job).
  void settled();

  /// This is a child process of the one that made the pool, and must leave it alone.
  [[nodiscard]] bool foreign() const noexcept;

  /// No new jobs.
  void close();
  /// After close(): returns when all inputs are read, all work is done and the workers are gone.
  void join();
  /// Ends everything now: what has not ended fails as cancelled.
  void terminate();
  /// Withdraws whatever no worker has claimed.
  void cancel_pending();
  /// Signals every worker, and withdraws what none of them has begun. No new jobs.
  void end_workers(int signal);
  [[nodiscard]] std::vector<std::int32_t> worker_pids();

 private:
  struct State;
  explicit PoolCore(const Options& options);

  std::shared_ptr<State>
      state_;  // shared with the server thread, which may outlive the pool that one of its callbacks ends
};

/// A stream's inputs, as the pool sees them. Every function is called with the pool's lock.
class InputReader {
 public:
  enum class State : std::uint8_t {
    open,  ///< read_all() may be called
    busy,  ///< another thread reads now
    ended  ///< nothing is left to read, or not for the pool to read
  };
  [[nodiscard]] virtual State state() const noexcept = 0;
  /// Reads the inputs that are left and hands them to the pool. Gives the lock up while it reads.
  virtual void read_all(PoolCore::Lock& lock) = 0;

 protected:
  ~InputReader() = default;
};

/// A pool's hold on its core. Workers are forked while the core is made: in their copy of the pool it is missing, so that a
/// function which uses the very pool that runs it is told so.
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
