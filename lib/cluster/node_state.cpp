#include "cluster/node_state.hpp"

#include <algorithm>

namespace prun::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// A backlog that is done sooner is not worth a message.
constexpr nanoseconds shortest_backlog = milliseconds(20);

}  // namespace

void NodeState::started(Time now) {
  phase_ = Phase::greeting;
  due_ = now + patience_.start_limit;
  quiet_at_ = now + patience_.quiet_after;
}

void NodeState::greeted(Time now) {
  phase_ = Phase::preparing;
  due_ = now + patience_.start_limit;
}

void NodeState::progressed(Time when) noexcept {
  if (phase_ != Phase::greeting && phase_ != Phase::preparing) return;
  due_ = std::max(due_, when + patience_.start_limit);
  quiet_at_ = std::max(quiet_at_, when + patience_.quiet_after);
}

void NodeState::ready(std::uint32_t workers, Time now) {
  phase_ = Phase::working;
  has_worked_ = true;
  workers_ = std::max(workers, 1U);
  window_ = CreditWindow();
  window_.set_workers(workers_);
  heard_ = now;
  answered_at_ = now;
  recalling_ = false;
}

std::optional<NodeState::Held> NodeState::answered(std::uint64_t index, std::uint32_t attempt) {
  const auto found = held_.find(index);
  if (found == held_.end() || found->second != attempt) return std::nullopt;
  held_.erase(found);
  return Held{index, attempt};
}

std::optional<NodeState::Held> NodeState::returned(std::uint64_t index) {
  const auto found = held_.find(index);
  if (found == held_.end()) return std::nullopt;
  const Held held{index, found->second};
  held_.erase(found);
  return held;
}

void NodeState::note_outcome(Time now, nanoseconds duration) noexcept {
  failures_ = 0;
  answered_at_ = now;
  window_.answered(now, duration);
}

milliseconds NodeState::pause() const noexcept {
  milliseconds pause = patience_.first_pause;
  for (int i = 1; i < failures_ && pause < patience_.longest_pause; ++i) pause *= 2;
  return std::min(pause, patience_.longest_pause);
}

std::vector<NodeState::Held> NodeState::lost(Time now, bool for_good) {
  std::vector<Held> tasks;
  tasks.reserve(held_.size());
  for (const auto& [index, attempt] : held_) tasks.push_back({index, attempt});
  std::ranges::sort(tasks, {}, &Held::index);
  held_.clear();
  if (++failures_ == 1) first_failure_ = now;
  workers_ = 0;
  recalling_ = false;
  const bool too_often = failures_ >= patience_.most_failures;
  const bool too_long = !has_worked_ || now - first_failure_ >= patience_.retry_for;
  phase_ = for_good || (too_often && too_long) ? Phase::gone : Phase::resting;
  due_ = now + pause();
  return tasks;
}

NodeState::Due NodeState::due(Time now) const noexcept {
  switch (phase_) {
    case Phase::resting: return now >= due_ ? Due::start : Due::nothing;
    case Phase::greeting:
      if (!quiet_told_ && now >= quiet_at_ && now < due_) return Due::quiet;
      [[fallthrough]];
    case Phase::preparing: return now >= due_ ? Due::too_slow : Due::nothing;
    case Phase::working: return now >= heard_ + patience_.dead_after ? Due::silent : Due::nothing;
    case Phase::gone: break;
  }
  return Due::nothing;
}

std::optional<NodeState::Time> NodeState::next_time() const noexcept {
  switch (phase_) {
    case Phase::greeting: return quiet_told_ ? due_ : std::min(quiet_at_, due_);
    case Phase::resting:
    case Phase::preparing: return due_;
    case Phase::working: return heard_ + patience_.dead_after;
    case Phase::gone: break;
  }
  return std::nullopt;
}

std::uint64_t NodeState::credit() const noexcept {
  if (phase_ != Phase::working) return 0;
  const std::uint64_t size = window_.size();
  return size > held_.size() ? size - held_.size() : 0;
}

std::uint64_t NodeState::spare(Time now, std::uint64_t wanted) const noexcept {
  if (phase_ != Phase::working || recalling_ || backlog() == 0) return 0;
  const nanoseconds way = window_.round_trip() * 2 + shortest_backlog;
  const bool stuck = now - answered_at_ >= way;
  const bool slow =
      window_.mean().count() * static_cast<std::int64_t>(backlog() / std::max(workers_, 1U)) >= way.count();
  if (!stuck && !slow) return 0;
  return std::min(wanted, (backlog() + 1) / 2);
}

}  // namespace prun::cluster
