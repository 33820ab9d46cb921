// What the calls of a worker use, one after another. Linux counts by process, so this is for workers that are processes.
//
// To ask costs 1 us and more, a tenth of a short call. Of calls that follow one another at once, only the first and then one in
// each 100 us asks: it gets what has been used since less what the calls between were given, which is the time that each took.
// So the sum is right, and each call is right to 100 us.
#pragma once

#include "ring/result_ring.hpp"

#include <prun/outcome.hpp>

#include <sys/resource.h>

#include <cstdint>

namespace prun::worker {

class CallUsage {
 public:
  /// @param used_before is kept, for the case that a call is the process's last
  explicit CallUsage(ring::UsedBefore& used_before) noexcept : used_before_(&used_before) {}

  static constexpr std::int64_t longest_unasked_ns = 100'000;

  /// @param now as `end` takes it
  void begin(std::int64_t now) noexcept {
    if (!follows_) begin_first(now);
  }
  /// Fills in what the call has used; its duration is there. @param now CLOCK_MONOTONIC, in nanoseconds
  void end(ring::Stamps& stamps, std::int64_t now) noexcept;
  /// The worker does something else now, such as waiting for tasks.
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
  bool follows_ = false;       ///< the call begins as soon as the one before it ended
  bool first_ = false;
  Usage children_{};  ///< of all calls before: what the processes have used that they waited for
};

}  // namespace prun::worker
