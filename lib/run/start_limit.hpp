// How many tasks may be in flight where the system has refused to start a command for want of processes, descriptors or memory.
// As xargs does, a run waits then until something that runs has ended. Plain counting; time is the caller's.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace prun {

class StartLimit {
 public:
  /// Where nothing else runs, somebody else may give back what is missing: the pause before the next try.
  static constexpr std::chrono::milliseconds pause{100};

  [[nodiscard]] bool allows(std::uint64_t in_flight) const noexcept { return in_flight < most_; }

  /// A start was refused while `others` are in flight. False: nothing else runs, and that was so often enough.
  [[nodiscard]] bool refused(std::uint64_t others) noexcept {
    most_ = std::max<std::uint64_t>(others, 1);
    ended_since_ = 0;
    alone_ = others == 0 ? alone_ + 1 : 0;
    return alone_ <= most_alone;
  }

  /// A command was started and has ended. One more may run after as many as run now.
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
