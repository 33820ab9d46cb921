// How many calls a worker takes at a time if nobody says so: prun::auto_chunks, and --chunksize auto. Pure arithmetic: it reads no
// clock and knows no worker but by its number.
//
// A chunk is as large as both of these allow:
// - It takes as long as makes the cost of handing it out, h, half a percent of it: T = h / 0.005. As calls differ, it is expected to
//   take no longer than T even if each takes the mean and one standard deviation.
// - It is the chunk of adaptive factoring (Carino and Banicescu, "Dynamic load balancing with adaptive factoring methods in
//   scientific applications", J. Supercomputing 44, 2008), so that the last chunks of all workers end together. With means m(i) and
//   variances v(i) of the calls of worker i, and R calls left:
//     D = sum of v(i) / m(i)      T = 1 / sum of 1 / m(i)      chunk = (D + 2TR - sqrt(D^2 + 4DTR)) / (2m)
// Where calls turn out longer than those before, workers give back what they have not begun (ring/PROTOCOL.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace prun::detail {

class AdaptiveChunks {
 public:
  static constexpr std::uint64_t largest = 4096;
  static constexpr double overhead = 0.005;
  /// The cost of handing out a chunk within a machine, as long as it has not been measured.
  static constexpr std::chrono::nanoseconds assumed_handing_cost{2'000};

  explicit AdaptiveChunks(std::uint32_t workers) : per_worker_(workers) {}

  /// A call on `worker`, a number below that of the workers, took so long. Not every call needs to be told.
  void measured(std::uint32_t worker, std::chrono::nanoseconds duration) noexcept;
  /// To hand out a chunk costs a worker so much; 0: not measured.
  void handing_out_costs(std::chrono::nanoseconds cost) noexcept {
    if (cost.count() > 0) handing_ns_ = static_cast<double>(cost.count());
  }

  /// The size of the next chunk, from 1 to `largest`. Before anything was measured it is 1.
  /// @param left number of calls that have not been handed out. Of an input of unknown length, expect as many as have come.
  [[nodiscard]] std::uint64_t next(std::uint64_t left) const noexcept;

  /// Mean of recent calls; 0: none was measured.
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
