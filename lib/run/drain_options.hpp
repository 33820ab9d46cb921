// What a run does when it is told that it will be ended soon: it starts nothing more, and lets what runs go on.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>

namespace prun {

struct DrainOptions {
  bool by_term = false;         ///< the first SIGTERM announces the end
  bool by_user_signal = false;  ///< so does SIGUSR1, and a signal that a node has received
  /// Asked once, when the end is announced: for how long tasks may go on. Empty, or nothing: until they end.
  std::function<std::optional<std::chrono::nanoseconds>()> time_left{};

  [[nodiscard]] bool by(int signal) const noexcept {
    return (by_term && signal == SIGTERM) || (by_user_signal && signal == SIGUSR1);
  }
};

}  // namespace prun
