// Formats times, rates and sizes in a short form with few digits.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace prun {

/// A clock: `0:07`, `12:04`, `1:02:03`.
[[nodiscard]] std::string clock_text(std::chrono::nanoseconds time);

/// A length of time with two units at most: `45s`, `8m58s`, `2h05m`, `3d04h`.
[[nodiscard]] std::string age_text(std::chrono::nanoseconds time);

/// A rough time with one unit: `15m`, `45s`, `3h`, `2d`. Never `0s`.
[[nodiscard]] std::string rough_time(std::chrono::nanoseconds time);

/// A rough range with as few units as possible: `12-21m`, `45s-2m`. It is rounded outwards.
[[nodiscard]] std::string rough_range(std::chrono::nanoseconds low, std::chrono::nanoseconds high);

/// `2.1/s`, `140/s`, `1.5M/s`; less than one in ten seconds: `3.2/min`, `1.5/h`.
[[nodiscard]] std::string rate_text(double per_second);

/// `512K`, `1.2G`
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace prun
