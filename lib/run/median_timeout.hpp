// `--timeout 3x`: finds the time limit of calls from the median of those that have succeeded. It observes the run's events
// and does not know how the limit is used.
#pragma once

#include "command/time_limit.hpp"
#include "event/run_part.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace prun {

/// The median of many times, within two percent, in little memory.
class RunningMedian {
 public:
  void add(std::chrono::nanoseconds time) noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Needs at least one time.
  [[nodiscard]] std::chrono::nanoseconds value() const noexcept;

 private:
  static constexpr std::uint32_t parts = 64;  ///< of a power of two
  [[nodiscard]] static std::uint32_t place_of(std::uint64_t time) noexcept;
  [[nodiscard]] static std::uint64_t time_at(std::uint32_t place) noexcept;

  std::array<std::uint64_t, std::size_t{parts} * 60> counts_{};
  std::uint64_t count_ = 0;
};

class MedianTimeout final : public RunPart {
 public:
  /// The number of calls that must have succeeded before there is a limit, as in GNU parallel.
  static constexpr std::uint64_t least_calls = 3;
  /// The shortest limit. On a busy machine, a short call can take many times as long as another short call.
  static constexpr std::chrono::nanoseconds shortest_limit = std::chrono::seconds(1);

  MedianTimeout(double factor, command::TimeLimit& limit) noexcept : factor_(factor), limit_(&limit) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::outcomes | Wants::times; }
  void on_event(const RunEvent& event) override;

 private:
  double factor_;
  command::TimeLimit* limit_;
  RunningMedian median_;
  std::uint64_t next_look_ = least_calls;  ///< the number of calls at which the limit is computed again
};

}  // namespace prun
