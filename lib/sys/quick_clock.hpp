// Reads CLOCK_MONOTONIC in a third of the time. For a call that takes less than a microsecond, two reads of the clock are a tenth of
// the duration.
//
// On x86, the kernel's clock counts the ticks of the processor if they are regular. This class reads the clock once a millisecond and
// computes the time in between from the ticks. If ticks are not regular, and until the length of a tick is known, each read is a read
// of the clock. Not thread-safe.
#pragma once

#include <cstdint>

#ifdef __x86_64__
#include <x86intrin.h>
#endif

namespace prun::sys {

class QuickClock {
 public:
  /// CLOCK_MONOTONIC in nanoseconds, accurate to a microsecond. The result never decreases.
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
  std::uint64_t valid_ticks_ = 0;  ///< after the base; 0: the time is not computed from ticks
  std::uint64_t ns_per_tick_ = 0;  ///< fixed point with 32 fraction bits
  std::int64_t base_ns_ = 0;
  std::int64_t last_ns_ = 0;
  std::uint64_t earlier_ticks_ = 0;  ///< at the previous read of the clock
  std::int64_t earlier_ns_ = 0;      ///< 0: the previous read cannot be used
  double tick_ns_ = 1;               ///< length of a tick between the last two reads
  bool agreed_ = false;              ///< this length agrees with the one before
  std::uint32_t reads_ = 0;
  bool regular_ = false;
};

}  // namespace prun::sys
