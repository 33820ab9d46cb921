// How many tasks a worker takes at a time. Pure arithmetic: it measures and reads nothing itself.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace prun {

/// The largest chunk: a worker numbers its items in 32 bits.
inline constexpr std::uint64_t largest_chunk = std::uint64_t{1} << 30;

/// CPython's default for map and starmap (multiprocessing/pool.py, Pool._map_async): divmod(length, workers * 4), plus one
/// if there is a remainder; 1 for no tasks.
[[nodiscard]] constexpr std::uint64_t default_chunksize(std::uint64_t length, std::uint64_t workers) noexcept {
  const std::uint64_t parts = workers * 4;
  const std::uint64_t size = length / parts + (length % parts != 0 ? 1 : 0);
  return std::clamp<std::uint64_t>(size, 1, largest_chunk);
}

/// Chunk sizes from measured task times: as many tasks as keep a worker busy for `target`, but few enough that the last
/// chunks of a known total keep all workers busy (guided self-scheduling, Polychronopoulos and Kuck 1987).
class GuidedChunks {
 public:
  static constexpr std::chrono::nanoseconds target{500'000};
  static constexpr std::uint64_t largest = 4096;

  explicit GuidedChunks(std::uint64_t workers) noexcept : workers_(workers) {}

  /// Adds the duration of a task. The mean follows recent tasks: each has a weight of one sixteenth.
  void measured(std::chrono::nanoseconds duration) noexcept {
    const auto d = static_cast<double>(duration.count());
    mean_ns_ = mean_ns_ < 0 ? d : mean_ns_ + (d - mean_ns_) / 16;
  }

  /// Of recent tasks; 0: none was measured.
  [[nodiscard]] std::chrono::nanoseconds mean() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::max(mean_ns_, 0.0)));
  }

  /// @param remaining tasks not handed out yet; UINT64_MAX: unknown
  [[nodiscard]] std::uint64_t next(std::uint64_t remaining) const noexcept {
    if (mean_ns_ < 0) return 1;
    const double fit = static_cast<double>(target.count()) / std::max(mean_ns_, 1.0);
    const auto by_time = static_cast<std::uint64_t>(std::clamp(fit, 1.0, static_cast<double>(largest)));
    return std::max<std::uint64_t>(1, std::min(by_time, remaining / (2 * workers_)));
  }

 private:
  std::uint64_t workers_;
  double mean_ns_ = -1;
};

}  // namespace prun
