// The calls of the package as jobs of the pool. They take and return bytes. They hold no Python objects except the watchers. Every
// function is called with the pool's lock unless its comment says otherwise.
#pragma once

#include "pypackage/api.hpp"
#include "pypackage/outcome.hpp"
#include "pypackage/recordings.hpp"
#include "pypackage/shared_table.hpp"

#include <prun/detail/job.hpp>
#include <prun/detail/pool_core.hpp>
#include <prun/outcome.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::pypackage {

/// A job that notifies Python callables when it has ended, in the pool's own thread.
class WatchedJob : public detail::Job {
 public:
  /// @param table tells which calls took too long
  WatchedJob(detail::PoolCore& core, const SharedTable& table) noexcept : core_(&core), table_(&table) {}

  [[nodiscard]] bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// @param watcher called without arguments; takes one reference @return false if the job has already ended; it is not called then
  [[nodiscard]] bool watch(Object* watcher);

 protected:
  void end();
  /// Queues the job again soon.
  void queue_again();
  [[nodiscard]] detail::PoolCore& core() const noexcept { return *core_; }
  /// Turns the failure into a timeout if the worker was killed because its call took too long.
  void name_timeout(Failure& failure) const;

 private:
  detail::PoolCore* core_;  ///< the pool that it is submitted to; outlives the job's time there
  const SharedTable* table_;
  std::vector<Object*> watchers_;
  std::atomic<bool> ended_{false};
};

/// One call.
class CallJob final : public WatchedJob {
 public:
  CallJob(detail::PoolCore& core, const SharedTable& table, std::string payload, std::uint32_t retries)
      : WatchedJob(core, table), payload_(std::move(payload)), retries_(retries) {}

  /// Call it after the end, without the lock.
  [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }
  /// Call it before the job is submitted.
  void record(Recorded recorded);
  [[nodiscard]] bool is_cancelled() const noexcept {
    return outcome_.failure() != nullptr && outcome_.failure()->kind == FailureKind::cancelled;
  }

  bool next_chunk(detail::ChunkSpec& chunk) override;
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override;
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override;

 private:
  std::string payload_;
  std::uint32_t retries_;
  std::uint32_t attempt_ = 1;
  bool handed_ = false;
  Recorded recorded_;
  Outcome outcome_;
};

/// Calls of one function. Items are pushed. Outcomes are taken in the order of the items, or in the order of arrival.
class StreamJob final : public WatchedJob {
 public:
  struct Options {
    std::string prefix;  ///< see SharedTable
    bool ordered = true;
    bool automatic = false;    ///< pieces have one item and are combined according to the duration of calls
    std::uint64_t window = 0;  ///< number of items that may be pushed and not taken; 0: no limit
    std::uint32_t retries = 0;
    std::uint32_t workers = 1;
    Recorded recorded{};
  };
  /// The items that a worker takes at once.
  struct Piece {
    std::string items{};
    std::uint32_t count = 0;
    bool is_range = false;  ///< the items are the ints start, start + step, ...
    std::int64_t start = 0;
    std::int64_t step = 0;
    std::unique_ptr<Outcome>
        known{};  ///< outcome of one item that is not called because it is recorded or cannot be pickled
  };

  StreamJob(detail::PoolCore& core, const SharedTable& table, Options options);

  void push(Piece&& piece);
  void end_input();
  void lift_window() noexcept { options_.window = 0; }
  [[nodiscard]] bool input_ended() const noexcept { return input_ended_; }
  [[nodiscard]] std::uint64_t room() const noexcept;
  [[nodiscard]] bool has_chunk() const noexcept { return !pieces_.empty(); }
  [[nodiscard]] bool has_ready() const noexcept;
  [[nodiscard]] bool exhausted() const noexcept { return input_ended_ && taken_ == pushed_; }
  /// Returns true if every outcome is available.
  [[nodiscard]] bool complete() const noexcept { return input_ended_ && arrived_ == pushed_; }
  /// The same for the items that have been read.
  [[nodiscard]] bool complete_so_far() const noexcept { return arrived_ == pushed_; }
  void take_ready(std::deque<Outcome>& out);
  struct Counts {
    std::uint64_t done = 0;  ///< calls that have an outcome
    std::uint64_t failed = 0;
    std::optional<std::uint64_t> total;  ///< known once the input has ended
    bool ended = false;                  ///< every call has an outcome, and no more calls follow
  };
  /// From now on, one byte is written to the descriptor when the counts differ from those that were read last.
  void tell_changes_to(int fd) noexcept { changes_fd_ = fd; }
  [[nodiscard]] Counts read_counts() noexcept;
  [[nodiscard]] std::uint64_t pushed() const noexcept { return pushed_; }

  bool next_chunk(detail::ChunkSpec& chunk) override;
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override;
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override;

 private:
  struct Kept {
    std::string item;
    std::uint32_t attempt = 1;
  };
  struct Again {
    std::uint64_t index;
    std::uint32_t attempt;
    std::string item;
  };
  void arrived(std::uint64_t index, Outcome&& outcome);
  void keep(std::uint64_t first, const Piece& piece);
  [[nodiscard]] std::uint32_t pieces_at_once() const noexcept;
  void settle_known();
  void settle(std::uint64_t index, Outcome&& outcome);
  void tell_change() noexcept;

  Options options_;
  std::deque<Piece> pieces_;
  std::deque<Again> again_;
  std::map<std::uint64_t, Kept> kept_;  ///< items that may have to be called again
  std::deque<Outcome> outcomes_;
  std::uint64_t first_outcome_ = 0;  ///< ordered: the index of the first
  bool input_ended_ = false;
  std::uint64_t pushed_ = 0;
  std::uint64_t handed_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t held_bytes_ = 0;
  double mean_ns_ = 0;
  double mean_bytes_ = 0;  ///< of results
  std::uint64_t failed_ = 0;
  int changes_fd_ = -1;
  bool told_ = false;
};

}  // namespace prun::pypackage
