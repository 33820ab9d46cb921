// See start_queue.hpp.
#include "order/start_queue.hpp"

#include "function/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace prun::order {

void StartQueue::add(std::uint64_t index, std::optional<double> cost) {
  const bool known = cost && !std::isnan(*cost);
  tasks_.push_back({index, known ? *cost : std::numeric_limits<double>::infinity()});
}

void StartQueue::arrange(StartOrder order, std::uint64_t seed) {
  switch (order) {
    case StartOrder::of_input: return;
    case StartOrder::longest_first:
      std::stable_sort(tasks_.begin(), tasks_.end(), [](const Entry& a, const Entry& b) { return a.cost > b.cost; });
      return;
    case StartOrder::shuffled: {  // Fisher and Yates; std::shuffle differs between libraries
      Random random(seed);
      for (std::size_t left = tasks_.size(); left > 1; --left) {
        const auto chosen = static_cast<std::size_t>(random.unit() * static_cast<double>(left));
        std::swap(tasks_[left - 1], tasks_[chosen]);
      }
    }
  }
}

std::vector<std::uint64_t> StartQueue::take_rest() {
  std::vector<std::uint64_t> rest;
  rest.reserve(tasks_.size() - taken_);
  while (!empty()) rest.push_back(take());
  std::sort(rest.begin(), rest.end());
  return rest;
}

}  // namespace prun::order
