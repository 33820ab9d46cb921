// Measures what the consecutive calls of a worker use. Linux counts per process, so it works only for worker processes.
//
// Reading the counters costs 1 us or more, a tenth of a short call. Of calls in direct succession, only the first and then
// one in every 100 us reads them. It gets the total since the last reading, less what was assigned to the calls between,
// namely their durations. So the sum is exact, and each call is accurate to 100 us.
#pragma once

#include "ring/result_ring.hpp"

#include <prun/outcome.hpp>

#include <sys/resource.h>

#include <cstdint>

namespace prun::worker {

class CallUsage {
 public:
  /// @param used_before is updated, in case the call kills the process
  explicit CallUsage(ring::UsedBefore& used_before) noexcept : used_before_(&used_before) {}

  static constexpr std::int64_t longest_unasked_ns = 100'000;

  /// @param now the same as for `end`
  void begin(std::int64_t now) noexcept {
    if (!follows_) begin_first(now);
  }
  /// Sets the usage of the call, whose duration is set, or notes that it is assumed. @param now CLOCK_MONOTONIC, in nanoseconds
  void end(ring::Stamps& stamps, std::int64_t now) noexcept;
  /// The worker now does something else, such as waiting for tasks.
  void pause() noexcept { follows_ = false; }

 private:
  void begin_first(std::int64_t now) noexcept;
  void ask(ring::Stamps& stamps) noexcept;
  void add_child(ring::Stamps& stamps) noexcept;
  void note_begin() noexcept;

  ring::UsedBefore* used_before_;

  rusage before_{};
  std::int64_t asked_at_ = 0;
  std::int64_t given_us_ = 0;  ///< since then
  bool follows_ = false;       ///< the call begins directly after the previous one
  bool first_ = false;
  Usage children_{};  ///< of all earlier calls: usage of the processes that they waited for
};

}  // namespace prun::worker
