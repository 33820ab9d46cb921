// The durations of the tasks of each function: figures and a histogram.
#pragma once

#include "history/history.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace prun::report {

struct FunctionTimes {
  std::string name;
  std::uint64_t attempts = 0;  ///< measured ones
  std::uint64_t failed = 0;    ///< tasks that finally failed
  std::int64_t total = 0;      ///< nanoseconds, as below
  std::int64_t longest = 0;
  std::int64_t shortest = 0;
  std::vector<std::uint64_t> counts;  ///< number of tasks by duration, one for each bin of the histogram
};

/// A histogram on a logarithmic scale: `per_decade` bins for each power of ten.
struct Histogram {
  static constexpr int per_decade = 5;
  int first_bin = 0;  ///< it begins at 10^(first_bin / per_decade) ns
  int bins = 0;
  std::vector<FunctionTimes> functions;  ///< in order of total time, the largest first; the last may combine all others
};

/// @param most number of functions; the others are combined
[[nodiscard]] Histogram histogram_of(const history::History& history, std::size_t most);

}  // namespace prun::report
