#include "cluster/dealer.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace prun::cluster {

void Dealer::deal(std::span<NodeState* const> nodes, Time now, std::uint64_t local_idle, Dealt& act) {
  starved_ = false;
  // Workers that have nothing to do come before what is to wait in a queue.
  for (const bool only_idle : {true, false}) {
    for (std::size_t i = 0; i < nodes.size() && !starved_; ++i) {
      const std::size_t at = (first_ + i) % nodes.size();
      const std::uint64_t most = only_idle ? nodes[at]->idle() : nodes[at]->credit();
      if (most != 0) starved_ = !act.give(at, most);
    }
  }
  if (!nodes.empty()) first_ = (first_ + 1) % nodes.size();
  idle_ = local_idle;
  for (const NodeState* node : nodes) idle_ += node->idle();
  if (starved_ && idle_ > 0) rebalance(nodes, now, act);
}

// The nodes with the longest backlogs give first, until there is enough for the idle workers.
void Dealer::rebalance(std::span<NodeState* const> nodes, Time now, Dealt& act) const {
  std::vector<std::size_t> givers;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i]->spare(now, idle_) != 0) givers.push_back(i);
  }
  std::ranges::sort(givers, std::greater{}, [&](std::size_t i) { return nodes[i]->backlog(); });
  std::uint64_t wanted = idle_;
  for (const std::size_t i : givers) {
    if (wanted == 0) return;
    const std::uint64_t count = nodes[i]->spare(now, wanted);
    act.recall(i, count);
    nodes[i]->recall_sent();
    wanted -= count;
  }
}

std::optional<Dealer::Time> Dealer::next_time(std::span<NodeState* const> nodes, Time now) const {
  if (!starved_ || idle_ == 0) return std::nullopt;
  const bool backlog = std::ranges::any_of(nodes, [](const NodeState* node) { return node->backlog() != 0; });
  return backlog ? std::optional(now + look_at_backlogs) : std::nullopt;
}

}  // namespace prun::cluster
