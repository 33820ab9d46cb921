// The interface between typed calls and bytes in the master: a job hands out chunks of calls and receives their outcomes.
#pragma once

#include <prun/detail/adaptive_chunks.hpp>
#include <prun/detail/call_frame.hpp>
#include <prun/outcome.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::dispatch {
class Dispatcher;
}

namespace prun::detail {

/// Calls that one worker takes at a time.
struct ChunkSpec {
  Entry entry = nullptr;
  std::uint64_t first_index = 0;  ///< index of its first item in the job
  std::uint32_t count = 0;        ///< number of items, not 0
  std::uint32_t attempt = 1;      ///< number of the attempt, from 1
  bool stoppable = false;         ///< its calls end by themselves at their time limit, or when asked to stop
  bool is_range = false;          ///< the items are start, start + step, ... and are not in the payload
  std::int64_t start = 0;
  std::int64_t step = 0;
  std::string payload;  ///< the bytes of the callable, then those of the items unless it is a range
};

/// Measurements of an attempt.
struct AttemptInfo {
  std::int64_t started_ns = 0;  ///< CLOCK_MONOTONIC; 0: not measured
  std::int64_t duration_ns = 0;
  std::int32_t worker = 0;  ///< process id or thread id
  std::uint32_t attempt = 1;
  std::optional<Usage> usage{};  ///< absent: not measured
  std::uint32_t host = 0;        ///< of a run on several machines, the number of the node; 0: this machine
};

/// One map, imap or submit. All functions are called with the lock of the pool held and must not call the pool.
class Job : public std::enable_shared_from_this<Job> {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  /// Fills in the next chunk, a cleared `ChunkSpec`. Returns false if there is none at the moment. When there is one again, the
  /// job must be submitted again.
  virtual bool next_chunk(ChunkSpec& chunk) = 0;

  /// The outcome of the call at `index`: one of these two, once per index. `value` is valid only during the call.
  virtual void on_value(std::uint64_t index, std::string_view value, const AttemptInfo& info) = 0;
  virtual void on_failure(std::uint64_t index, Failure&& failure, const AttemptInfo& info) = 0;

  /// The same failure for `count` calls, from `first` on, which were not run. A job that has very many calls overrides it, so
  /// that it can be cancelled at once.
  virtual void on_failures(std::uint64_t first, std::uint64_t count, const Failure& failure, const AttemptInfo& info) {
    for (std::uint64_t i = 0; i < count; ++i) on_failure(first + i, Failure(failure), info);
  }

  /// A piece of a value that is so large that it arrives in pieces. place_piece() returns the place for the next piece. If it
  /// returns null for the first piece, all pieces are collected elsewhere, and on_value() follows. Pieces arrive in order. If the
  /// attempt is lost, they arrive again from the first. When all are in place, on_placed() follows instead of on_value(). If the call
  /// fails, on_failure() follows.
  struct Piece {
    std::uint64_t whole = 0;  ///< bytes of the value
    std::uint64_t at = 0;     ///< offset of the piece in the value
    std::uint64_t size = 0;
  };
  virtual std::byte* place_piece(std::uint64_t index, const Piece& piece) {
    (void)index;
    (void)piece;
    return nullptr;
  }
  virtual void on_placed(std::uint64_t index, const AttemptInfo& info) {
    (void)index;
    (void)info;
  }

  /// Items [first, last) of a chunk with that payload were dropped without being run (cancelled, or the pool ends).
  /// on_failures follows for them. The other items of the payload belong to other workers.
  virtual void on_discard(std::string_view payload, std::uint32_t first, std::uint32_t last) {
    (void)payload;
    (void)first;
    (void)last;
  }

  /// The rest of a chunk that was handed out goes to another worker, as a separate chunk: `count` items from `first_index` on.
  virtual void on_rest(std::uint64_t first_index, std::uint32_t count, std::uint32_t attempt) {
    (void)first_index;
    (void)count;
    (void)attempt;
  }

  /// For recallable chunks: returns true if the rest of a chunk may go to another worker now. That is one more chunk in flight.
  [[nodiscard]] virtual bool may_split() { return true; }

  /// The number of chunks that were handed out and do not have all outcomes.
  [[nodiscard]] std::uint32_t chunks_in_flight() const noexcept { return references_ - (queued_ ? 1 : 0); }

  std::uint64_t call_number = 0;  ///< number of the call in its pool, from 0
  /// Determines the chunk sizes. Items that a worker has not begun can go to another worker. Null: the job has fixed chunk sizes and
  /// its chunks are not recallable. It receives the measured duration of a call before the job receives the outcome.
  std::unique_ptr<AdaptiveChunks> adaptive;
  bool timed = false;     ///< measure start and duration of each call
  bool measured = false;  ///< also measure the resource usage of each call; needs `timed`

 private:
  friend class dispatch::Dispatcher;
  std::shared_ptr<Job> self_;     // keeps it alive while the dispatcher refers to it
  std::uint32_t references_ = 0;  // chunks in flight, plus 1 while it is queued
  bool queued_ = false;
};

}  // namespace prun::detail
