// Chooses the calls of a worker that are measured if not all are: all long calls, and so few short calls that measuring costs about
// half a percent. The choice does not depend on the chosen call, so the measured calls are a fair sample.
#pragma once

#include <algorithm>
#include <cstdint>

namespace prun::worker {

class CallSampler {
 public:
  /// Call it when each call begins.
  [[nodiscard]] bool due() noexcept { return --left_ == 0; }

  /// Reports the duration of the measured call, and chooses the next call to measure.
  void measured(std::int64_t duration_ns) noexcept {
    if (first_calls_ != 0) --first_calls_;
    const std::int64_t one_in = spacing_ns / std::max<std::int64_t>(duration_ns, 1);
    if (first_calls_ != 0 || one_in <= 1) {
      left_ = 1;
    } else {
      // At random, so that the sample does not follow a pattern of the input: on average one in `one_in`.
      left_ = 1 + next_random() % (2 * static_cast<std::uint32_t>(std::min(one_in, most_spacing)) - 1);
    }
  }

 private:
  static constexpr std::int64_t spacing_ns = 20'000;  ///< between two measured calls; measuring one costs some 0.1 us
  static constexpr std::int64_t most_spacing = 512;

  std::uint32_t next_random() noexcept {  // Marsaglia's xorshift
    random_ ^= random_ << 13U;
    random_ ^= random_ >> 17U;
    random_ ^= random_ << 5U;
    return random_;
  }

  std::uint32_t left_ = 1;
  std::uint32_t first_calls_ = 256;  ///< that are all measured, so that a short run is known exactly
  std::uint32_t random_ = 2463534242;
};

}  // namespace prun::worker
