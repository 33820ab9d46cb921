#include "sys/quick_clock.hpp"

#include "sys/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <string_view>

namespace prun::sys {
namespace {

constexpr std::uint32_t few_reads = 64;  // for fewer reads, checking whether ticks are regular costs too much
constexpr std::int64_t shortest_ns = 100'000;
constexpr std::int64_t longest_ns = 20'000'000;
constexpr std::int64_t valid_ns = 1'000'000;
constexpr std::uint64_t quick_ticks =
    3'000;  // about a microsecond: a read of the clock that takes longer was interrupted
constexpr double most_change = 1e-3;

/// Returns true if the kernel's clock counts ticks. Then they are regular, and the same on all processors.
bool kernel_counts_ticks() noexcept {
#ifdef __x86_64__
  const Fd file(::open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC));
  std::array<char, 16> name{};
  const auto got = file ? ::read(file.get(), name.data(), name.size()) : -1;
  return got > 0 && std::string_view(name.data(), static_cast<std::size_t>(got)) == "tsc\n";
#else
  return false;
#endif
}

std::int64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::int64_t QuickClock::read() noexcept {
  const std::uint64_t before = ticks();
  const std::int64_t now = monotonic_ns();
  const std::uint64_t after = ticks();
  if (reads_ < few_reads && ++reads_ == few_reads) regular_ = kernel_counts_ticks();
  valid_ticks_ = 0;
  if (regular_ && after - before < quick_ticks) {
    calibrate(after, now);
  } else {
    earlier_ns_ = 0;
  }
  return last_ns_ = std::max(now, last_ns_);
}

/// Computes the length of a tick from two reads. The reads must not be too close together, and not too far apart, because the machine
/// may have been suspended in between. The length is used once two measurements agree.
void QuickClock::calibrate(std::uint64_t ticks, std::int64_t ns) noexcept {
  base_ticks_ = ticks;
  base_ns_ = ns;
  const std::int64_t apart = ns - earlier_ns_;
  if (earlier_ns_ == 0 || apart >= shortest_ns) {
    if (earlier_ns_ != 0 && apart <= longest_ns && ticks > earlier_ticks_) {
      const double length = static_cast<double>(apart) / static_cast<double>(ticks - earlier_ticks_);
      agreed_ = std::abs(length / tick_ns_ - 1) < most_change;
      tick_ns_ = length;
    }
    earlier_ticks_ = ticks;
    earlier_ns_ = ns;
  }
  if (!agreed_) return;
  ns_per_tick_ = static_cast<std::uint64_t>(std::ldexp(tick_ns_, fraction_bits));
  valid_ticks_ = static_cast<std::uint64_t>(double{valid_ns} / tick_ns_);
}

}  // namespace prun::sys
