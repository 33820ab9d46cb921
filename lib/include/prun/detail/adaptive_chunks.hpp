// Computes how many calls a worker takes at a time, for prun::auto_chunks and --chunksize auto. Pure arithmetic: it reads no clock,
// and it knows a worker only as a number.
//
// A chunk has the smaller of two sizes:
// - The first keeps the cost of handing out a chunk, h, at half a percent of the chunk's duration: T = h / 0.005. Calls differ, so
//   the chunk must take no longer than T even if each call takes the mean plus one standard deviation.
// - The second is the chunk of adaptive factoring (Carino and Banicescu, "Dynamic load balancing with adaptive factoring methods in
//   scientific applications", J. Supercomputing 44, 2008), so that the last chunks of all workers end together. With means m(i) and
//   variances v(i) of the calls of worker i, and R calls left:
//     D = sum of v(i) / m(i)      T = 1 / sum of 1 / m(i)      chunk = (D + 2TR - sqrt(D^2 + 4DTR)) / (2m)
// If calls take longer than earlier calls, workers give back calls that they have not begun (ring/PROTOCOL.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace prun::detail {

class AdaptiveChunks {
 public:
  static constexpr std::uint64_t largest = 4096;
  static constexpr double overhead = 0.005;
  /// The cost of handing out a chunk on the same machine, until it has been measured.
  static constexpr std::chrono::nanoseconds assumed_handing_cost{2'000};

  explicit AdaptiveChunks(std::uint32_t workers) : per_worker_(workers) {}

  /// Reports the duration of a call on `worker`, which is less than the number of workers. Not every call needs to be reported.
  void measured(std::uint32_t worker, std::chrono::nanoseconds duration) noexcept;
  /// Reports what it costs a worker to get the next chunk; 0: not measured.
  void handing_out_costs(std::chrono::nanoseconds cost) noexcept {
    if (cost.count() > 0) handing_ns_ = static_cast<double>(cost.count());
  }

  /// The size of the next chunk, from 1 to `largest`. It is 1 until a call was measured.
  /// @param left number of calls that have not been handed out. For an input of unknown length, pass the number of calls read so far.
  [[nodiscard]] std::uint64_t next(std::uint64_t left) const noexcept;

  /// Mean duration of recent calls; 0: none was measured.
  [[nodiscard]] double mean_ns() const noexcept { return all_.mean; }

 private:
  /// Mean and variance; recent calls weigh more.
  struct Durations {
    std::uint32_t count = 0;
    double mean = 0;
    double variance = 0;
    void add(double duration) noexcept;
  };

  [[nodiscard]] double factoring_chunk(double left) const noexcept;

  Durations all_;
  std::vector<Durations> per_worker_;
  double handing_ns_ = static_cast<double>(assumed_handing_cost.count());
};

}  // namespace prun::detail
