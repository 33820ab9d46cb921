// Decides which node gets tasks next, and which has to give some back. Pure decisions on NodeStates: it reads no clock and
// sends nothing.
#pragma once

#include "cluster/node_state.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace prun::cluster {

/// What carries the decisions out.
class Dealt {
 public:
  /// Sends the node up to `most` tasks of the run. Returns false if the run has none left now.
  virtual bool give(std::size_t node, std::uint64_t most) = 0;
  /// Asks the node for `count` tasks that it has not started.
  virtual void recall(std::size_t node, std::uint64_t count) = 0;

 protected:
  ~Dealt() = default;
};

class Dealer {
 public:
  using Time = NodeState::Time;

  /// @param local_idle workers of this machine that have nothing to do
  void deal(std::span<NodeState* const> nodes, Time now, std::uint64_t local_idle, Dealt& act);

  /// When to deal again if nothing happens until then; absent: that would change nothing.
  [[nodiscard]] std::optional<Time> next_time(std::span<NodeState* const> nodes, Time now) const;

 private:
  static constexpr std::chrono::milliseconds look_at_backlogs{20};

  void rebalance(std::span<NodeState* const> nodes, Time now, Dealt& act) const;

  std::size_t first_ = 0;   ///< the node that is served first
  bool starved_ = false;    ///< there was credit, and no task
  std::uint64_t idle_ = 0;  ///< workers without a task
};

}  // namespace prun::cluster
