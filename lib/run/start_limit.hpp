// The maximum number of tasks in flight after the system has refused to start a command for lack of processes, descriptors
// or memory. As in xargs, the run then waits until a running task has ended. If none runs, it pauses, and the idle workers
// should become fewer, because they take processes too.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace prun {

class StartLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// If no other task runs, another process may free the resource: the pause before the next try.
  static constexpr std::chrono::milliseconds pause{100};
  static constexpr std::uint64_t unlimited = UINT64_MAX;

  [[nodiscard]] bool allows(std::uint64_t in_flight) const noexcept {
    return in_flight < most_ && (alone_ == 0 || Clock::now() >= next_try_);
  }

  /// A start was refused while `others` tasks are in flight. Returns false if none runs and the limit of tries is reached. Then it
  /// also returns false, and there is no pause, for each further start that is refused until a command has ended.
  [[nodiscard]] bool refused(std::uint64_t others, Clock::time_point now = Clock::now()) noexcept {
    most_ = std::max<std::uint64_t>(others, 1);
    ended_since_ = 0;
    alone_ = others == 0 ? alone_ + 1 : 0;
    next_try_ = alone_ > 0 && alone_ <= most_alone ? now + pause : now;
    wants_fewer_workers_ = others == 0;
    return alone_ <= most_alone;
  }

  /// When the refused task may be tried again.
  [[nodiscard]] Clock::time_point next_try() const noexcept { return next_try_; }
  /// The maximum number of tasks in flight.
  [[nodiscard]] std::uint64_t most() const noexcept { return most_; }
  /// Since the last call, a start was refused while no other task was in flight.
  [[nodiscard]] bool take_wish_for_fewer_workers() noexcept { return std::exchange(wants_fewer_workers_, false); }

  /// A started command has ended. The limit becomes one more than the tasks that run now.
  void ended() noexcept {
    if (most_ == unlimited) return;
    alone_ = 0;
    if (++ended_since_ < most_) return;
    ended_since_ = 0;
    ++most_;
  }

 private:
  static constexpr std::uint32_t most_alone = 20;

  std::uint64_t most_ = unlimited;
  std::uint64_t ended_since_ = 0;
  std::uint32_t alone_ = 0;  ///< number of refusals in succession while no other task was in flight
  Clock::time_point next_try_;
  bool wants_fewer_workers_ = false;
};

}  // namespace prun
