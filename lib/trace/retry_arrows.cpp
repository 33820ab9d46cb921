#include "trace/retry_arrows.hpp"

#include <algorithm>
#include <iterator>

namespace prun::trace {
namespace {

/// What an attempt is recorded as if it is this one or a later one: they cannot be told apart.
constexpr std::uint32_t last_attempt = 31;

}  // namespace

RetryArrows::RetryArrows(const history::History& history) {
  if (history.totals().retried == 0) return;
  std::vector<std::uint64_t> from;
  std::vector<std::uint64_t> to;
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!is_drawn(attempt) || attempt.attempt >= last_attempt) return;
    if (!attempt.final && from.size() < most) from.push_back(number_of(attempt.index, attempt.attempt));
    if (attempt.attempt > 1 && to.size() < most) to.push_back(number_of(attempt.index, attempt.attempt - 1));
  });
  std::sort(from.begin(), from.end());
  std::sort(to.begin(), to.end());
  std::set_intersection(from.begin(), from.end(), to.begin(), to.end(), std::back_inserter(arrows_));
}

std::uint64_t RetryArrows::find(std::uint64_t number) const {
  return std::binary_search(arrows_.begin(), arrows_.end(), number) ? number : 0;
}

}  // namespace prun::trace
