#include "simulation_support.hpp"

#include <algorithm>
#include <utility>

namespace prun::test {
namespace {

using cluster::NodeState;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

}  // namespace

Simulation::Simulation(const Options& options) : options_(options) {
  std::uniform_int_distribution<std::int64_t> way(options_.shortest_way.count(), options_.longest_way.count());
  for (std::uint32_t i = 0; i < options_.nodes; ++i) {
    nodes_.push_back(std::make_unique<NodeState>(cluster::Patience{}, now_));
    states_.push_back(nodes_.back().get());
    Agent agent;
    agent.slowness = i < options_.slow_nodes ? 3 : 1;
    agent.way = nanoseconds(way(random_));
    agents_.push_back(std::move(agent));
  }
  outcomes_of_.resize(options_.tasks.size());
  runs_of_.resize(options_.tasks.size());
}

Simulation::Result Simulation::operator()() {
  const Time begin = now_;
  for (std::size_t i = 0; i < nodes_.size(); ++i) look_at(i);
  if (options_.losses != 0) at(now_ + options_.between_losses, [this] { lose_one(); });
  while (result_.outcomes < options_.tasks.size() && !events_.empty()) {
    const Event event = std::move(const_cast<Event&>(events_.top()));
    events_.pop();
    now_ = event.time;
    event.act();
  }
  result_.total = now_ - begin;
  for (const std::uint8_t count : outcomes_of_) result_.wrong += count == 1 ? 0 : 1;
  for (const std::uint8_t count : runs_of_) result_.repeated += count > 1 ? 1 : 0;
  return result_;
}

// What the run's loop does after it has read what there is: everything that comes within a millisecond is dealt with at once.
void Simulation::deal_soon() {
  if (std::exchange(dealing_soon_, true)) return;
  at(now_ + milliseconds(1), [this] {
    dealing_soon_ = false;
    dealer_.deal(states_, now_, 0, *this);
    if (const auto next = dealer_.next_time(states_, now_)) at(*next, [this] { deal_soon(); });
  });
}

void Simulation::start(std::size_t node) {
  states_[node]->started(now_);
  agents_[node].alive = true;
  const std::uint64_t life = ++agents_[node].life;
  at(now_ + milliseconds(100), [this, node, life] {
    if (agents_[node].life != life || !agents_[node].alive) return;
    states_[node]->greeted(now_);
    states_[node]->ready(options_.cores, now_);
    states_[node]->round_trip(2 * agents_[node].way);
    watch(node);
    beat(node, life);
    deal_soon();
  });
}

void Simulation::beat(std::size_t node, std::uint64_t life) {
  if (agents_[node].life != life || !agents_[node].alive) return;
  at(now_ + agents_[node].way, [this, node, life] {
    if (agents_[node].life == life && states_[node]->working()) states_[node]->heard(now_);
  });
  at(now_ + std::chrono::seconds(1), [this, node, life] { beat(node, life); });
}

void Simulation::watch(std::size_t node) {
  if (const auto time = states_[node]->next_time()) at(*time, [this, node] { look_at(node); });
}

void Simulation::look_at(std::size_t node) {
  switch (states_[node]->due(now_)) {
    case NodeState::Due::start: return start(node);
    case NodeState::Due::quiet:
    case NodeState::Due::nothing: return watch(node);
    case NodeState::Due::too_slow:
    case NodeState::Due::silent: break;
  }
  ++agents_[node].life;
  agents_[node].alive = false;
  agents_[node].queue.clear();
  agents_[node].busy = 0;
  ++result_.losses;
  for (const auto& task : states_[node]->lost(now_, false)) given_back_.push_back(task.index);
  watch(node);
  deal_soon();
}

void Simulation::lose_one() {
  if (next_loss_ == options_.losses) return;
  agents_[(next_loss_ * 7 + 3) % agents_.size()].alive = false;
  ++next_loss_;
  at(now_ + options_.between_losses, [this] { lose_one(); });
}

bool Simulation::give(std::size_t node, std::uint64_t most) {
  std::vector<std::uint64_t> batch;
  for (; batch.size() < most && !given_back_.empty(); given_back_.pop_front()) batch.push_back(given_back_.front());
  while (batch.size() < most && next_task_ < options_.tasks.size()) batch.push_back(next_task_++);
  if (batch.empty()) return false;
  for (const std::uint64_t index : batch) states_[node]->sent({index, 1});
  at(now_ + agents_[node].way, [this, node, life = agents_[node].life, batch = std::move(batch)] {
    Agent& agent = agents_[node];
    if (agent.life != life || !agent.alive) return;
    agent.queue.insert(agent.queue.end(), batch.begin(), batch.end());
    run_next(node);
  });
  return true;
}

void Simulation::run_next(std::size_t node) {
  Agent& agent = agents_[node];
  while (agent.busy < options_.cores && !agent.queue.empty()) {
    const std::uint64_t index = agent.queue.front();
    agent.queue.pop_front();
    ++agent.busy;
    runs_of_[index] = static_cast<std::uint8_t>(std::min(runs_of_[index] + 1, 255));
    const auto duration =
        nanoseconds(static_cast<std::int64_t>(static_cast<double>(options_.tasks[index].count()) * agent.slowness));
    at(now_ + duration, [this, node, life = agent.life, index, duration] {
      if (agents_[node].life != life || !agents_[node].alive) return;
      --agents_[node].busy;
      run_next(node);
      at(now_ + agents_[node].way, [this, node, life, index, duration] {
        if (agents_[node].life != life) return;
        states_[node]->heard(now_);
        if (!states_[node]->answered(index, 1)) return;
        states_[node]->note_outcome(now_, duration);
        ++outcomes_of_[index];
        ++result_.outcomes;
        deal_soon();
      });
    });
  }
}

void Simulation::recall(std::size_t node, std::uint64_t count) {
  at(now_ + agents_[node].way, [this, node, life = agents_[node].life, count] {
    Agent& agent = agents_[node];
    if (agent.life != life || !agent.alive) return;
    std::vector<std::uint64_t> back;
    for (; back.size() < count && !agent.queue.empty(); agent.queue.pop_back()) back.push_back(agent.queue.back());
    at(now_ + agent.way, [this, node, life, back = std::move(back)] {
      if (agents_[node].life != life || !states_[node]->working()) return;
      states_[node]->recall_answered();
      for (const std::uint64_t index : back) {
        if (states_[node]->returned(index)) given_back_.push_back(index);
      }
      result_.recalled += back.size();
      deal_soon();
    });
  });
}

Simulation::Duration Simulation::ideal(const Options& options) {
  // The free core that is done first takes the next task.
  struct Core {
    double free_at;
    double slowness;
    bool operator<(const Core& other) const {
      return free_at != other.free_at ? free_at > other.free_at : slowness > other.slowness;
    }
  };
  std::priority_queue<Core> cores;
  for (std::uint32_t node = 0; node < options.nodes; ++node) {
    for (std::uint32_t core = 0; core < options.cores; ++core) cores.push({0, node < options.slow_nodes ? 3.0 : 1.0});
  }
  double last = 0;
  for (const Duration task : options.tasks) {
    Core core = cores.top();
    cores.pop();
    core.free_at += static_cast<double>(task.count()) * core.slowness;
    last = std::max(last, core.free_at);
    cores.push(core);
  }
  return Duration(static_cast<std::int64_t>(last));
}

}  // namespace prun::test
