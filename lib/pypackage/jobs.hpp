// The calls of the package as jobs of the pool: bytes in, bytes out. They hold nothing of Python's but those who wait to be told.
// Everything is called with the pool's lock, except what says otherwise.
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

/// A job that callables of Python's may be told of, in the pool's own thread, once it has ended.
class WatchedJob : public detail::Job {
 public:
  /// @param table says which calls took too long
  WatchedJob(detail::PoolCore& core, const SharedTable& table) noexcept : core_(&core), table_(&table) {}

  [[nodiscard]] bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// @param watcher called without arguments, one reference @return false where the job has ended: nobody will be called
  [[nodiscard]] bool watch(Object* watcher);

 protected:
  void end();
  /// Has the job queued again, soon.
  void queue_again();
  [[nodiscard]] detail::PoolCore& core() const noexcept { return *core_; }
  /// A worker that was killed for its call did not just get lost.
  void name_timeout(Failure& failure) const;

 private:
  detail::PoolCore* core_;  ///< where it is submitted; outlives its time there
  const SharedTable* table_;
  std::vector<Object*> watchers_;
  std::atomic<bool> ended_{false};
};

/// One call.
class CallJob final : public WatchedJob {
 public:
  CallJob(detail::PoolCore& core, const SharedTable& table, std::string payload, std::uint32_t retries)
      : WatchedJob(core, table), payload_(std::move(payload)), retries_(retries) {}

  /// After it has ended, without the lock.
  [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }
  /// Before it is submitted.
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

/// Calls of one function, whose items are pushed, and whose outcomes are taken in the items' order, or as they come.
class StreamJob final : public WatchedJob {
 public:
  struct Options {
    std::string prefix;  ///< see SharedTable
    bool ordered = true;
    bool automatic = false;    ///< pieces are of one item, and put together according to what calls take
    std::uint64_t window = 0;  ///< items that may be pushed and not taken; 0: no limit
    std::uint32_t retries = 0;
    std::uint32_t workers = 1;
    Recorded recorded{};
  };
  /// Items that a worker takes at once.
  struct Piece {
    std::string items{};
    std::uint32_t count = 0;
    bool is_range = false;  ///< the items are the ints start, start + step, ...
    std::int64_t start = 0;
    std::int64_t step = 0;
    std::unique_ptr<Outcome> known{};  ///< of one item that is not called: recorded, or it could not be pickled
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
  /// Every outcome is there.
  [[nodiscard]] bool complete() const noexcept { return input_ended_ && arrived_ == pushed_; }
  /// The same, of what has been read.
  [[nodiscard]] bool complete_so_far() const noexcept { return arrived_ == pushed_; }
  void take_ready(std::deque<Outcome>& out);
  struct Counts {
    std::uint64_t done = 0;  ///< calls that have an outcome
    std::uint64_t failed = 0;
    std::optional<std::uint64_t> total;  ///< known once the input has ended
    bool ended = false;                  ///< every call has an outcome, and no more calls follow
  };
  /// From now on, when the counts differ from those that were read last, a byte is written to the descriptor, once.
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
