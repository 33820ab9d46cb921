// See functions_table.hpp.
#include "report/functions_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace prun::report {
namespace {

constexpr int highest_bin = 18 * Histogram::per_decade;

int bin_of(std::int64_t duration) {
  const double decades = std::log10(static_cast<double>(std::max<std::int64_t>(duration, 1)));
  return std::clamp(static_cast<int>(std::floor(decades * Histogram::per_decade + 1e-9)), 0, highest_bin);
}

/// The bins of many durations, without a logarithm for each.
class Bins {
 public:
  Bins() {
    for (std::size_t bits = 0; bits < first_.size(); ++bits) first_[bits] = bin_of(std::int64_t{1} << bits);
    for (int bin = 0; bin < highest_bin; ++bin) {
      auto& end = ends_[static_cast<std::size_t>(bin)];
      end = std::llround(std::pow(10.0, static_cast<double>(bin + 1) / Histogram::per_decade));
      if (bin_of(end) == bin) ++end;  // it was rounded down
    }
  }

  [[nodiscard]] std::size_t of(std::int64_t duration) const noexcept {
    const auto bits =
        static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(duration, 1))));
    auto bin = static_cast<std::size_t>(first_[bits - 1]);
    while (bin < ends_.size() && duration >= ends_[bin]) ++bin;
    return bin;
  }

 private:
  std::array<int, 63> first_{};                   ///< of a duration with so many bits behind the highest
  std::array<std::int64_t, highest_bin> ends_{};  ///< the first duration behind each bin but the last
};

void add(FunctionTimes& sum, const FunctionTimes& other) {
  sum.shortest = sum.attempts == 0 ? other.shortest : std::min(sum.shortest, other.shortest);
  sum.attempts += other.attempts;
  sum.failed += other.failed;
  sum.total += other.total;
  sum.longest = std::max(sum.longest, other.longest);
  for (std::size_t bin = 0; bin < sum.counts.size(); ++bin) sum.counts[bin] += other.counts[bin];
}

void take_together(std::vector<FunctionTimes>& functions, std::size_t most) {
  if (functions.size() <= most) return;
  FunctionTimes& rest = functions[most - 1];
  for (std::size_t i = most; i < functions.size(); ++i) add(rest, functions[i]);
  rest.name = std::to_string(functions.size() - most + 1) + " other functions";
  functions.resize(most);
}

/// Keeps the bins from the first to the last that is not empty.
void trim(Histogram& histogram) {
  int first = highest_bin + 1;
  int last = -1;
  for (const FunctionTimes& function : histogram.functions) {
    for (int bin = 0; bin <= highest_bin; ++bin) {
      if (function.counts[static_cast<std::size_t>(bin)] == 0) continue;
      first = std::min(first, bin);
      last = std::max(last, bin);
    }
  }
  if (last < 0) return;
  histogram.first_bin = first;
  histogram.bins = last - first + 1;
  for (FunctionTimes& function : histogram.functions)
    function.counts = {function.counts.begin() + first, function.counts.begin() + last + 1};
}

}  // namespace

Histogram histogram_of(const history::History& history, std::size_t most) {
  Histogram histogram;
  const auto& names = history.calls().functions();
  std::vector<FunctionTimes> functions(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    functions[i].name = names[i];
    functions[i].counts.resize(highest_bin + 1);
  }
  const Bins bins;
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (attempt.function >= functions.size()) return;
    FunctionTimes& function = functions[attempt.function];
    if (attempt.final && attempt.failure) ++function.failed;
    if (!attempt.started) return;
    function.shortest = function.attempts == 0 ? attempt.duration : std::min(function.shortest, attempt.duration);
    ++function.attempts;
    function.total += attempt.duration;
    function.longest = std::max(function.longest, attempt.duration);
    ++function.counts[bins.of(attempt.duration)];
  });
  std::stable_sort(functions.begin(), functions.end(),
                   [](const FunctionTimes& a, const FunctionTimes& b) { return a.total > b.total; });
  histogram.functions = std::move(functions);
  take_together(histogram.functions, most);
  trim(histogram);
  return histogram;
}

}  // namespace prun::report
