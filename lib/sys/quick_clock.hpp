// CLOCK_MONOTONIC in a third of the time. Of calls that take less than a microsecond, two reads of the clock are a tenth.
//
// On x86 the clock of the kernel itself counts the processor's ticks where these are regular. So between two reads of the clock that
// are a millisecond apart, the ticks tell the time. Everywhere else, and until it is known how long a tick takes, each read is one of
// the clock. Not for several threads.
#pragma once

#include <cstdint>

#ifdef __x86_64__
#include <x86intrin.h>
#endif

namespace prun::sys {

class QuickClock {
 public:
  /// Nanoseconds of CLOCK_MONOTONIC, to a microsecond. Never less than before.
  [[nodiscard]] std::int64_t now() noexcept {
    const std::uint64_t since = ticks() - base_ticks_;
    if (since >= valid_ticks_) [[unlikely]]
      return read();
    const std::int64_t now = base_ns_ + static_cast<std::int64_t>(since * ns_per_tick_ >> fraction_bits);
    return last_ns_ = now > last_ns_ ? now : last_ns_;
  }

 private:
  static constexpr unsigned fraction_bits = 32;

  static std::uint64_t ticks() noexcept {
#ifdef __x86_64__
    return __rdtsc();
#else
    return 0;
#endif
  }
  std::int64_t read() noexcept;
  void calibrate(std::uint64_t ticks, std::int64_t ns) noexcept;

  std::uint64_t base_ticks_ = 0;
  std::uint64_t valid_ticks_ = 0;  ///< after the base; 0: ticks do not tell the time
  std::uint64_t ns_per_tick_ = 0;  ///< with 32 bits behind the point
  std::int64_t base_ns_ = 0;
  std::int64_t last_ns_ = 0;
  std::uint64_t earlier_ticks_ = 0;  ///< when the clock was read before
  std::int64_t earlier_ns_ = 0;      ///< 0: that read is of no use
  double tick_ns_ = 1;               ///< between the last two such reads
  bool agreed_ = false;              ///< with the two before
  std::uint32_t reads_ = 0;
  bool regular_ = false;
};

}  // namespace prun::sys
