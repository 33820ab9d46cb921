// Which calls of a worker are measured where not all of them are: all long ones, and of short ones so few that measuring costs about
// half a percent. The choice does not depend on the call that is chosen, so the measured calls are a fair sample.
#pragma once

#include <algorithm>
#include <cstdint>

namespace prun::worker {

class CallSampler {
 public:
  /// Asked as each call begins.
  [[nodiscard]] bool due() noexcept { return --left_ == 0; }

  /// The call that was due took so long. Decides which is the next one.
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
