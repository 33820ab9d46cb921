// The seam between typed calls and bytes, on the master's side: a job hands out chunks of calls and takes back outcomes.
#pragma once

#include <prun/detail/call_frame.hpp>
#include <prun/outcome.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::dispatch {
class Dispatcher;
}

namespace prun::detail {

/// Calls that one worker takes at once.
struct ChunkSpec {
  Entry entry = nullptr;
  std::uint64_t first_index = 0;  ///< of its first item within the job
  std::uint32_t count = 0;        ///< items; not 0
  std::uint32_t attempt = 1;      ///< which try it is, from 1
  bool stoppable = false;         ///< its calls end themselves at their time limit, or when they are asked to
  bool is_range = false;          ///< the items are start, start + step, ... and not in the payload
  std::int64_t start = 0;
  std::int64_t step = 0;
  std::string payload;  ///< the callable's bytes, then the items' unless it is a range
};

/// How an attempt went, beside its outcome.
struct AttemptInfo {
  std::int64_t started_ns = 0;  ///< CLOCK_MONOTONIC; 0: not measured
  std::int64_t duration_ns = 0;
  std::int32_t worker = 0;  ///< process id, or thread id
  std::uint32_t attempt = 1;
  std::optional<Usage> usage{};  ///< absent: not measured
};

/// One map, imap or submit. Every function is called with the pool's lock held and must not call back into the pool.
class Job : public std::enable_shared_from_this<Job> {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  /// Fills in the next chunk, a cleared `ChunkSpec`; false where there is none now. A job that has some later is to be
  /// enqueued again then.
  virtual bool next_chunk(ChunkSpec& chunk) = 0;

  /// The outcome of the call at `index`: exactly one of these two, once an index. `value` is valid during the call only.
  virtual void on_value(std::uint64_t index, std::string_view value, const AttemptInfo& info) = 0;
  virtual void on_failure(std::uint64_t index, Failure&& failure, const AttemptInfo& info) = 0;

  /// A chunk of its is gone for good without having been run (cancelled, or the pool ends); on_failure follows for each item.
  virtual void on_discard(std::string_view payload) { (void)payload; }

  /// Chunks handed out whose last outcome has not come.
  [[nodiscard]] std::uint32_t chunks_in_flight() const noexcept { return references_ - (queued_ ? 1 : 0); }

  std::uint64_t call_number = 0;  ///< which call of its pool it is, from 0
  bool timed = false;             ///< measure each call's start and duration
  bool measured = false;          ///< and what it uses; needs `timed`

 private:
  friend class dispatch::Dispatcher;
  std::shared_ptr<Job> self_;     // keeps it alive while the dispatcher has to do with it
  std::uint32_t references_ = 0;  // chunks in flight, and 1 while it is queued
  bool queued_ = false;
};

}  // namespace prun::detail
