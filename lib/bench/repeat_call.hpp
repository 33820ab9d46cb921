// The median time of a call that is made again and again, with a pause before each.
#pragma once

#include "bench/stopwatch.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <vector>

namespace prun::bench {

inline void sleep_microseconds(long pause) {
  const timespec time{pause / 1'000'000, pause % 1'000'000 * 1000};
  ::nanosleep(&time, nullptr);
}

/// @param pause in microseconds; 0: none
template <class Call>
double median_call(std::size_t count, long pause, Call call) {
  std::vector<double> times;
  times.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (pause > 0) sleep_microseconds(pause);
    const Stopwatch watch;
    call();
    times.push_back(watch.seconds());
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace prun::bench
