// The maximum number of tasks in flight after the system has refused to start a command for lack of processes, descriptors
// or memory. As in xargs, the run then waits until a running task has ended. It only counts; the caller measures time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace prun {

class StartLimit {
 public:
  /// If no other task runs, another process may free the resource: the pause before the next try.
  static constexpr std::chrono::milliseconds pause{100};

  [[nodiscard]] bool allows(std::uint64_t in_flight) const noexcept { return in_flight < most_; }

  /// A start was refused while `others` tasks are in flight. Returns false if none runs and the limit of tries is reached.
  [[nodiscard]] bool refused(std::uint64_t others) noexcept {
    most_ = std::max<std::uint64_t>(others, 1);
    ended_since_ = 0;
    alone_ = others == 0 ? alone_ + 1 : 0;
    return alone_ <= most_alone;
  }

  /// A started command has ended. The limit becomes one more than the tasks that run now.
  void ended() noexcept {
    if (most_ == unlimited) return;
    alone_ = 0;
    if (++ended_since_ < most_) return;
    ended_since_ = 0;
    ++most_;
  }

 private:
  static constexpr std::uint64_t unlimited = UINT64_MAX;
  static constexpr std::uint32_t most_alone = 20;

  std::uint64_t most_ = unlimited;
  std::uint64_t ended_since_ = 0;
  std::uint32_t alone_ = 0;
};

}  // namespace prun
