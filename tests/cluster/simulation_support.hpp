// A cluster in virtual time: the real Dealer and NodeStates against simulated agents, with latency, slow nodes and losses. No
// process, no clock: every event has a time, and the next one is taken.
#pragma once

#include "cluster/dealer.hpp"
#include "cluster/node_state.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <vector>

namespace prun::test {

class Simulation final : private cluster::Dealt {
 public:
  using Time = cluster::NodeState::Time;
  using Duration = std::chrono::nanoseconds;

  struct Options {
    std::uint32_t nodes = 10;
    std::uint32_t cores = 4;
    std::vector<Duration> tasks{};  ///< how long each takes on a node of usual speed
    Duration shortest_way = std::chrono::microseconds(200);
    Duration longest_way = std::chrono::milliseconds(2);
    std::uint32_t slow_nodes = 0;  ///< at a third of the usual speed
    std::uint32_t losses = 0;      ///< nodes that fall silent, one after another; each is started again
    Duration between_losses = std::chrono::milliseconds(500);
  };
  struct Result {
    Duration total{};
    std::uint64_t outcomes = 0;   ///< accepted
    std::uint64_t wrong = 0;      ///< tasks without exactly one outcome
    std::uint64_t repeated = 0;   ///< tasks that were run more than once
    std::uint64_t recalled = 0;
    std::uint64_t losses = 0;
  };

  explicit Simulation(const Options& options);
  Result operator()();
  /// The time of a list scheduler that knows at once when a core is free, with the same cores and the same tasks.
  [[nodiscard]] static Duration ideal(const Options& options);

 private:
  struct Agent {
    std::uint64_t life = 0;  ///< messages and ends of another life are nobody's
    bool alive = false;
    double slowness = 1;
    Duration way{};
    std::uint32_t busy = 0;
    std::deque<std::uint64_t> queue;
  };
  struct Event {
    Time time;
    std::uint64_t order;  ///< of events at the same time
    std::function<void()> act;
    bool operator<(const Event& other) const { return time != other.time ? time > other.time : order > other.order; }
  };

  bool give(std::size_t node, std::uint64_t most) override;
  void recall(std::size_t node, std::uint64_t count) override;
  void at(Time time, std::function<void()> act) { events_.push({time, next_order_++, std::move(act)}); }
  void deal_soon();
  void start(std::size_t node);
  void run_next(std::size_t node);
  void beat(std::size_t node, std::uint64_t life);
  void lose_one();
  void look_at(std::size_t node);
  void watch(std::size_t node);

  Options options_;
  std::mt19937_64 random_{42};
  Time now_{std::chrono::hours(1)};
  std::vector<std::unique_ptr<cluster::NodeState>> nodes_;
  std::vector<cluster::NodeState*> states_;
  std::vector<Agent> agents_;
  cluster::Dealer dealer_;
  std::priority_queue<Event> events_;
  std::uint64_t next_order_ = 0;
  std::uint64_t next_task_ = 0;
  std::deque<std::uint64_t> given_back_;
  std::vector<std::uint8_t> outcomes_of_;
  std::vector<std::uint8_t> runs_of_;
  bool dealing_soon_ = false;
  std::uint32_t next_loss_ = 0;
  Result result_;
};

}  // namespace prun::test
